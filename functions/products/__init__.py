"""The catalogue: products, their stock, categories."""
