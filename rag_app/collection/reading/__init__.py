"""One file of digests -> its papers, whatever its shape. Begin with `files`, then `reader`."""
