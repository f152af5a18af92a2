module tallies

go 1.18
