"""What views are made of; a widget draws, and knows neither the page it stands on nor the others."""
