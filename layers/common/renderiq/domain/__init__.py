"""Pure rules: frozen dataclasses and functions that know neither AWS nor HTTP."""
