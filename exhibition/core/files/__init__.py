"""Files that people upload or take away: tables, spreadsheets, JSON documents, pictures, PDFs."""
