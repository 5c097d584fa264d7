"""Visitors' views, clicks and favourites, counted by the hour without storing who they are; statistics from them."""
