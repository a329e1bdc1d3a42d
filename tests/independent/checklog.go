// Checklog reads a log of ours with Go's own transparency log packages (golang.org/x/mod/sumdb/note and tlog) and says what
// it found: nothing of Perseus stands in it but the paths of the tiles, which follow C2SP tlog-tiles.
//
//	checklog PREFIX LOGKEY [WITNESSKEY ...]
//
// PREFIX is a folder or an http:// address. It (1) opens the checkpoint with the log's key and counts the witnesses that
// cosigned it, (2) authenticates every tile against the root, (3) hashes every entry of every bundle, (4) proves and checks
// entries and earlier sizes, and prints roots and proofs as JSON. Anything amiss ends it with 1.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type found struct {
	Origin      string              `json:"origin"`
	Size        int64               `json:"size"`
	Root        string              `json:"root"`
	Cosigned    []string            `json:"cosigned"`
	Leaves      int64               `json:"leaves"`
	Inclusion   map[string][]string `json:"inclusion"`
	Consistency map[string][]string `json:"consistency"`
	Roots       map[string]string   `json:"roots"`
}

func main() {
	result, err := check(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(result)
}

func check(prefix, logKey string, witnessKeys []string) (*found, error) {
	// (1) The checkpoint.
	raw, err := read(prefix, "checkpoint")
	if err != nil {
		return nil, err
	}
	result, tree, err := open(raw, logKey, witnessKeys)
	if err != nil {
		return nil, err
	}
	// (2) Every hash is read through a reader that authenticates the tiles against the root.
	hashes := tlog.TileHashReader(tree, &tiles{prefix})
	// (3) The entries.
	if result.Leaves, err = entries(prefix, tree, hashes); err != nil {
		return nil, err
	}
	// (4) The proofs.
	return result, prove(result, tree, hashes)
}

func open(raw []byte, logKey string, witnessKeys []string) (*found, tlog.Tree, error) {
	verifier, err := note.NewVerifier(logKey)
	if err != nil {
		return nil, tlog.Tree{}, err
	}
	verifiers := []note.Verifier{verifier}
	for _, key := range witnessKeys {
		witness, err := newWitness(key)
		if err != nil {
			return nil, tlog.Tree{}, err
		}
		verifiers = append(verifiers, witness)
	}
	opened, err := note.Open(raw, note.VerifierList(verifiers...))
	if err != nil {
		return nil, tlog.Tree{}, err
	}
	result := &found{Cosigned: []string{}}
	bySelf := false
	for _, sig := range opened.Sigs {
		if sig.Name == verifier.Name() && sig.Hash == verifier.KeyHash() {
			bySelf = true
		} else {
			result.Cosigned = append(result.Cosigned, sig.Name)
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if !bySelf || len(lines) < 4 {
		return nil, tlog.Tree{}, errors.New("no checkpoint that the log signed")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return nil, tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, tlog.Tree{}, err
	}
	result.Origin, result.Size, result.Root = lines[0], size, lines[2]
	return result, tlog.Tree{N: size, Hash: root}, nil
}

func entries(prefix string, tree tlog.Tree, hashes tlog.HashReader) (int64, error) {
	count := int64(0)
	for count < tree.N {
		width := tree.N - count
		if width > 1<<height {
			width = 1 << height
		}
		raw, err := read(prefix, path("entries", count>>height, int(width)))
		if err != nil {
			return 0, err
		}
		for range make([]struct{}, width) {
			if len(raw) < 2 || len(raw) < 2+int(binary.BigEndian.Uint16(raw)) {
				return 0, fmt.Errorf("the bundle of entry %d is cut off", count)
			}
			end := 2 + int(binary.BigEndian.Uint16(raw))
			leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, count)})
			if err != nil {
				return 0, err
			}
			if tlog.RecordHash(raw[2:end]) != leaf[0] {
				return 0, fmt.Errorf("entry %d is not the one that the tree holds", count)
			}
			raw, count = raw[end:], count+1
		}
		if len(raw) > 0 {
			return 0, errors.New("a bundle is too long")
		}
	}
	return count, nil
}

func prove(result *found, tree tlog.Tree, hashes tlog.HashReader) error {
	result.Inclusion, result.Consistency = map[string][]string{}, map[string][]string{}
	result.Roots = map[string]string{}
	step := tree.N/23 + 1
	for index := int64(0); index < tree.N; index += step {
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		if err != nil {
			return err
		}
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf[0]); err != nil {
			return err
		}
		result.Inclusion[fmt.Sprint(index)] = texts(proof)
		older := index + 1
		root, err := tlog.TreeHash(older, hashes)
		if err != nil {
			return err
		}
		grown, err := tlog.ProveTree(tree.N, older, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(grown, tree.N, tree.Hash, older, root); err != nil {
			return err
		}
		result.Consistency[fmt.Sprint(older)], result.Roots[fmt.Sprint(older)] = texts(grown), root.String()
	}
	return nil
}

func texts(hashes []tlog.Hash) []string {
	found := []string{}
	for _, hash := range hashes {
		found = append(found, hash.String())
	}
	return found
}

// tiles reads tiles where C2SP tlog-tiles puts them; the checksum database that tlog was written for has another path.
type tiles struct{ prefix string }

func (t *tiles) Height() int                         { return height }
func (t *tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		raw, err := read(t.prefix, path(strconv.Itoa(tile.L), tile.N, tile.W))
		if err != nil {
			return nil, err
		}
		data = append(data, raw)
	}
	return data, nil
}

func path(level string, index int64, width int) string {
	name := fmt.Sprintf("%03d", index%1000)
	for index >= 1000 {
		index /= 1000
		name = fmt.Sprintf("x%03d/%s", index%1000, name)
	}
	if width < 1<<height {
		name += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + level + "/" + name
}

func read(prefix, name string) ([]byte, error) {
	if !strings.HasPrefix(prefix, "http://") {
		return os.ReadFile(prefix + "/" + name)
	}
	answer, err := http.Get(prefix + "/" + name)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", name, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// witness verifies cosignatures (C2SP tlog-cosignature, Ed25519), which package note does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("no verifier key")
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 33 || raw[0] != 4 {
		return nil, errors.New("no key of a witness")
	}
	id := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	return &witness{parts[0], binary.BigEndian.Uint32(id[:]), raw[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(text, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	var message bytes.Buffer
	fmt.Fprintf(&message, "cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), text)
	return ed25519.Verify(w.key, message.Bytes(), sig[8:])
}
