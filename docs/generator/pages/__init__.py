"""What the generated blocks hold, by the page that they stand on; each module lists its blocks in `BLOCKS`."""
