"""What people do with a pass that they have: change its party, split it, show it to others, find it again, and see to
what is kept of them.
"""
