"""Classification of regions: material, base colour, exposure to the sun, kind of model."""
