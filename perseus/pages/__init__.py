"""What a bank's reader sees in a browser: pages made on this machine, without scripts and without other hosts."""
