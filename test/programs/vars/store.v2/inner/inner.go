// Package inner has a variable that main has too.
package inner

// Cache has the name of a variable of package main.
var Cache = map[string]int{"inner": 1}
