"""What outlives a rerun of the page: answers, work in the background, and what a tab has open."""
