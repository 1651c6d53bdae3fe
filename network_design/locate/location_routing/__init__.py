"""Location-routing: which depots to open, which vehicles to send out from each, and along which routes."""
