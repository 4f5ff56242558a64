"""The listing as data (Program) and the machine that runs or steps it over preallocated buffers."""
