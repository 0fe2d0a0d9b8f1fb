// Watches a folder with the library that most Go programs use, and prints a line for each event: its kinds and the name.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

func main() {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		log.Fatal(err)
	}
	if err := watcher.Add(os.Args[1]); err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	for {
		select {
		case event := <-watcher.Events:
			fmt.Println(event.Op, filepath.Base(event.Name))
		case err := <-watcher.Errors:
			log.Fatal(err)
		}
	}
}
