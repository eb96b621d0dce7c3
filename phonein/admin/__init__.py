"""The admin's side: series, dates, letters that could not be delivered."""
