"""What views are made of: each module draws one thing wherever it is needed, or helps to draw."""
