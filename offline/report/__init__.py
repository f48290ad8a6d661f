"""Reports: one value, `content.Report`, and a module for each format that it is written in."""
