"""Who drives where tonight: the pickup problem, its schedule, its bound, and the engines that solve it."""
