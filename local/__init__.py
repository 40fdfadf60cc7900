"""The whole backend on a laptop: emulated AWS, and what AWS does around a Lambda."""
