// A client of a named pipe as docker and its tools are: on go-winio, in the roles that a hijacked connection has.
//
//	winio answer PIPE    sends, ends its direction, reads the answer to its end
//	winio late PIPE      reads to the end first, and then still sends and ends
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/Microsoft/go-winio"
)

const timeout = 30 * time.Second

func main() {
	if len(os.Args) != 3 {
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(role, pipe string) error {
	wait := timeout
	connection, err := winio.DialPipe(pipe, &wait)
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	if role == "late" {
		if err := readAll(connection); err != nil {
			return err
		}
	}
	if _, err := connection.Write(make([]byte, 100_000)); err != nil {
		return err
	}
	half, ok := connection.(interface{ CloseWrite() error })
	if !ok {
		return fmt.Errorf("the pipe cannot half-close")
	}
	if err := half.CloseWrite(); err != nil {
		return err
	}
	if role == "answer" {
		return readAll(connection)
	}
	return nil
}

func readAll(connection net.Conn) error {
	bytes, err := io.ReadAll(connection)
	fmt.Printf("%d bytes\n", len(bytes))
	return err
}
