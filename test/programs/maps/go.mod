module mapstates

go 1.18
