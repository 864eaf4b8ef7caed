"""Images: translated at once or in batches, certificates, and the images that come of them."""
