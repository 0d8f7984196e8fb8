"""The measures, by the letter that --only takes. Each gives (title, rows, raw numbers) lists."""
