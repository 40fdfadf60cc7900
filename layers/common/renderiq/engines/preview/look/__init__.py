"""The look of a picture: style presets, keywords of the prompt, tone mapping and colour grading."""
