"""Who stands where: holds, offers, allocations, releases."""
