// A second opinion on a log, by Go's own golang.org/x/mod/sumdb: it grows the tree from the entries
// by itself and compares, for every size, the signed checkpoint, the files and the proofs; and it
// gives its own checkpoints and proofs to be checked in turn.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// Proof is of an entry (Of is its index) or of an older tree (Of is its size).
type Proof struct {
	Of   int64       `json:"of"`
	Path []tlog.Hash `json:"path"`
	Ok   bool        `json:"ok"`
}

// Tree is a log of one size: what was signed, what was written to make it so, what is proved of it.
type Tree struct {
	Size        int64             `json:"size"`
	Checkpoint  string            `json:"checkpoint"`
	Files       map[string][]byte `json:"files,omitempty"`
	Inclusion   []Proof           `json:"inclusion"`
	Consistency []Proof           `json:"consistency"`
}

// Log is what the one side gives to the other.
type Log struct {
	Key           string   `json:"key"`
	Origin        string   `json:"origin"`
	Entries       [][]byte `json:"entries,omitempty"`
	Trees         []Tree   `json:"trees"`
	Disagreements []string `json:"disagreements"`
}

type oracle struct {
	given  Log
	keys   note.Verifiers
	signer note.Signer
	stored []tlog.Hash
	roots  []tlog.Hash
	files  map[string][]byte
	found  Log
}

func (o *oracle) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = o.stored[index]
	}
	return hashes, nil
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func (o *oracle) disagree(size int64, about string, why ...any) {
	said := fmt.Sprintf("size %d: %s %s", size, about, fmt.Sprint(why...))
	o.found.Disagreements = append(o.found.Disagreements, said)
}

// text is what a checkpoint of ours says (C2SP tlog-checkpoint).
func (o *oracle) text(size int64) string {
	root := base64.StdEncoding.EncodeToString(o.roots[size][:])
	return fmt.Sprintf("%s\n%d\n%s\n", o.given.Origin, size, root)
}

func (o *oracle) checkCheckpoint(tree Tree) {
	opened, err := note.Open([]byte(tree.Checkpoint), o.keys)
	if err != nil {
		o.disagree(tree.Size, "checkpoint", err)
	} else if opened.Text != o.text(tree.Size) {
		o.disagree(tree.Size, "checkpoint", opened.Text)
	}
}

// ours is where the tile lies by C2SP tlog-tiles, which leaves out the height.
func ours(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

func (o *oracle) checkFiles(tree Tree) {
	for path, content := range tree.Files {
		o.files[path] = content
	}
	expected := map[string]bool{}
	for _, tile := range tlog.NewTiles(height, tree.Size-1, tree.Size) {
		expected[ours(tile)] = true
		if tile.L == 0 {
			path := strings.Replace(ours(tile), "tile/0/", "tile/entries/", 1)
			expected[path] = true
			o.checkBundle(tree.Size, path, tile)
		}
	}
	for path := range tree.Files {
		if !expected[path] {
			o.disagree(tree.Size, path, "is written and was not to be")
		}
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.Size) {
		if !bytes.Equal(must(tlog.ReadTileData(tile, o)), o.files[ours(tile)]) {
			o.disagree(tree.Size, ours(tile), "differs")
		}
	}
}

func (o *oracle) checkBundle(size int64, path string, tile tlog.Tile) {
	rest := o.files[path]
	for i := 0; i < tile.W; i++ {
		entry := o.given.Entries[tile.N<<height+int64(i)]
		prefix := binary.BigEndian.AppendUint16(nil, uint16(len(entry)))
		if !bytes.HasPrefix(rest, append(prefix, entry...)) {
			o.disagree(size, path, "differs at entry ", i)
			return
		}
		rest = rest[len(prefix)+len(entry):]
	}
	if len(rest) > 0 {
		o.disagree(size, path, "has more entries")
	}
}

func same(one, other []tlog.Hash) bool {
	if len(one) != len(other) {
		return false
	}
	for i := range one {
		if one[i] != other[i] {
			return false
		}
	}
	return true
}

// checkProof holds the verdicts of both sides against each other, and a good proof against Go's.
func (o *oracle) checkProof(size int64, about string, proof Proof, own []tlog.Hash, err error) Proof {
	if (err == nil) != proof.Ok {
		o.disagree(size, about, " of ", proof.Of, ": ", err)
	}
	if proof.Ok && !same(proof.Path, own) {
		o.disagree(size, about, " of ", proof.Of, ": the path differs")
	}
	return Proof{proof.Of, own, true}
}

func (o *oracle) take(tree Tree) {
	o.checkCheckpoint(tree)
	o.checkFiles(tree)
	text := &note.Note{Text: o.text(tree.Size)}
	answer := Tree{Size: tree.Size, Checkpoint: string(must(note.Sign(text, o.signer)))}
	size, root := tree.Size, o.roots[tree.Size]
	for _, proof := range tree.Inclusion {
		leaf := tlog.RecordHash(o.given.Entries[proof.Of])
		err := tlog.CheckRecord(proof.Path, size, root, proof.Of, leaf)
		own := must(tlog.ProveRecord(size, proof.Of, o))
		answer.Inclusion = append(answer.Inclusion, o.checkProof(size, "inclusion", proof, own, err))
	}
	for _, proof := range tree.Consistency {
		err := tlog.CheckTree(proof.Path, size, root, proof.Of, o.roots[proof.Of])
		own := must(tlog.ProveTree(size, proof.Of, o))
		answer.Consistency = append(
			answer.Consistency, o.checkProof(size, "consistency", proof, own, err))
	}
	o.found.Trees = append(o.found.Trees, answer)
}

func main() {
	o := &oracle{files: map[string][]byte{}, roots: make([]tlog.Hash, 1)}
	if err := json.NewDecoder(os.Stdin).Decode(&o.given); err != nil {
		log.Fatal(err)
	}
	secret, public, err := note.GenerateKey(rand.Reader, o.given.Origin)
	if err != nil {
		log.Fatal(err)
	}
	o.signer = must(note.NewSigner(secret))
	o.keys = note.VerifierList(must(note.NewVerifier(o.given.Key)))
	o.found.Key, o.found.Origin, o.found.Disagreements = public, o.given.Origin, []string{}
	for n, entry := range o.given.Entries {
		o.stored = append(o.stored, must(tlog.StoredHashes(int64(n), entry, o))...)
		o.roots = append(o.roots, must(tlog.TreeHash(int64(n)+1, o)))
	}
	for _, tree := range o.given.Trees {
		o.take(tree)
	}
	if err := json.NewEncoder(os.Stdout).Encode(o.found); err != nil {
		log.Fatal(err)
	}
}
