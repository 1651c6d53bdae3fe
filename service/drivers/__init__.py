"""What drivers take along: a manifest per van, its route for a navigation device, and the schedule as a table."""

from service.drivers.files import driver_files, drivers_of, write_drivers, zipped

__all__ = ["driver_files", "drivers_of", "write_drivers", "zipped"]
