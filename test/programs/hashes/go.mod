module hashes

go 1.18
