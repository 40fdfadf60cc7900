"""What every SDK has to do: scenarios as data, a scripted server, and a driver for the SDK's runner."""
