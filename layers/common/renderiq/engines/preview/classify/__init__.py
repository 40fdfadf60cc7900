"""Classification: the material of each region, its base colour and sun incidence, and the kind of the model."""
