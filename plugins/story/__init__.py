"""What the stories of users share: a network that can be pulled, a played host with its panel, and the steps."""
