package speaker

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mingbai/playlist/speech"
)

// TestMain lets the test binary be the voice: "voice MODE".
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "voice" {
		os.Exit(voice(os.Args[2]))
	}
	os.Exit(m.Run())
}

// voice says 50 ms of tone for every character, at 22,050 samples a second, with
// silence around it and the head of a pipe.
func voice(mode string) int {
	text, err := io.ReadAll(os.Stdin)
	switch {
	case err != nil:
		return 1
	case mode == "fail":
		os.Stderr.WriteString("no such voice\n")
		return 3
	case mode == "hang":
		<-time.After(time.Hour)
	case mode == "endless":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<20)); err != nil {
				return 1
			}
		}
	case mode == "noise":
		os.Stdout.WriteString("this is no sound")
		return 0
	}
	const rate = 22050
	n := utf8.RuneCount(text) * rate / 20
	pcm := make([]int16, n+rate)
	for i := range n {
		pcm[rate/2+i] = int16(9000 * math.Sin(2*math.Pi*440*float64(i)/rate))
	}
	wav := (&speech.Recording{Rate: rate, PCM: pcm}).WAV()
	binary.LittleEndian.PutUint32(wav[4:], 0x7ffff024)
	binary.LittleEndian.PutUint32(wav[40:], 0x7ffff000)
	if _, err := os.Stdout.Write(wav); err != nil {
		return 1
	}
	return 0
}

func fake(t *testing.T, mode string, timeout time.Duration) *Speaker {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Command: []string{exe, "voice", mode}, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRecord(t *testing.T) {
	lines := []speech.Line{{Text: "标题", Say: "标题标题标题标题标题"}, {Text: "正文", Say: "一二三四五六七八九十一二三四五六七八九十"}}
	r, err := fake(t, "good", 10*time.Minute).Record(context.Background(), lines)
	if err != nil {
		t.Fatal(err)
	}
	if r.Rate != Rate || len(r.Marks) != 2 || r.Marks[0].Text != "标题" || r.Marks[1].Text != "正文" {
		t.Fatalf("the recording has %d samples a second and marks %v", r.Rate, r.Marks)
	}
	// Ten characters take half a second, twenty a whole one; the voice says the
	// end of the line as well.
	near := func(got, want time.Duration) bool { return (got - want).Abs() < 130*time.Millisecond }
	if a, b := r.Marks[0].To-r.Marks[0].From, r.Marks[1].To-r.Marks[1].From; !near(a, 500*time.Millisecond) || !near(b, time.Second) {
		t.Errorf("the lines take %v and %v", a, b)
	}
	if pause := r.Marks[1].From - r.Marks[0].To; !near(pause, afterTitle) {
		t.Errorf("the pause after the title is %v", pause)
	}
	data, err := speech.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := speech.Decode(data); err != nil || len(back.Marks) != 2 {
		t.Errorf("the blob reads as %v, %v", back, err)
	}
}

func TestVoiceFails(t *testing.T) {
	for mode, want := range map[string]string{"fail": "no such voice", "hang": "longer than", "endless": "too much", "noise": "no WAV"} {
		timeout := 10 * time.Minute
		if mode == "hang" {
			timeout = time.Second
		}
		began := time.Now()
		_, err := fake(t, mode, timeout).Record(context.Background(), []speech.Line{{Say: "你好"}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", mode, err)
		}
		if took := time.Since(began); took > 5*time.Minute {
			t.Errorf("%s: it took %v to give up", mode, took)
		}
	}
	if _, err := New(Config{Command: []string{"no-such-voice-on-this-machine"}}); err == nil {
		t.Error("a voice that is not there was found")
	}
}

// The same words in the same voice have the same key, anything else another.
func TestKey(t *testing.T) {
	a, b := fake(t, "good", time.Second), fake(t, "other", time.Second)
	script := []speech.Line{{Text: "一", Say: "一"}}
	if a.Key(script) != a.Key(slices.Clone(script)) || a.Key(script) == b.Key(script) || a.Key(script) == a.Key([]speech.Line{{Text: "一", Say: "幺"}}) {
		t.Error("keys do not tell scripts and voices apart")
	}
}

// What the new rate can hold stays as it is, what it cannot is gone.
func TestResample(t *testing.T) {
	tone := func(hertz float64, rate int) []int16 {
		out := make([]int16, rate)
		for i := range out {
			out[i] = int16(10000 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
		}
		return out
	}
	power := func(pcm []int16) float64 {
		sum := 0.0
		for _, v := range pcm[500 : len(pcm)-500] {
			sum += float64(v) * float64(v)
		}
		return 10 * math.Log10(sum/float64(len(pcm)-1000)+1e-9)
	}
	for _, from := range []int{22050, 48000, 8000, 24000} {
		got := resample(tone(1000, from), from, Rate)
		if n := len(got); n < Rate-2 || n > Rate+2 {
			t.Errorf("a second at %d becomes %d samples", from, n)
		}
		want := tone(1000, Rate)
		worst := 0
		for i := 500; i < len(got)-500; i++ {
			worst = max(worst, int(math.Abs(float64(got[i])-float64(want[i]))))
		}
		if worst > 150 {
			t.Errorf("from %d: a tone of 1 kHz is off by %d of 10000", from, worst)
		}
		if from > Rate {
			if loss := power(tone(1000, Rate)) - power(resample(tone(9500, from), from, Rate)); loss < 50 {
				t.Errorf("from %d: 9.5 kHz comes back %.0f dB lower, want 50", from, loss)
			}
		}
	}
}

func TestReadWAV(t *testing.T) {
	good := (&speech.Recording{Rate: 16000, PCM: []int16{1, -2, 3}}).WAV()
	if rate, pcm, err := readWAV(good); err != nil || rate != 16000 || len(pcm) != 3 || pcm[1] != -2 {
		t.Errorf("read %d %v %v", rate, pcm, err)
	}
	for n := range 44 {
		if _, pcm, err := readWAV(good[:n]); err == nil && len(pcm) > 0 {
			t.Errorf("%d bytes were read as %v", n, pcm)
		}
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add((&speech.Recording{Rate: 16000, PCM: []int16{1, -2, 3}}).WAV())
	f.Fuzz(func(t *testing.T, data []byte) {
		if rate, pcm, err := readWAV(data); err == nil && (2*len(pcm) > len(data) || rate < 4000) {
			t.Errorf("%d bytes became %d samples at %d", len(data), len(pcm), rate)
		}
	})
}

// TestEspeak speaks with the voice that is delivered: real Mandarin, in time.
func TestEspeak(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Fatalf("the delivered voice can be tested only where it is installed (apt install espeak-ng): %v", err)
	}
	s, err := New(Config{Command: []string{"espeak-ng", "-v", "cmn-latn-pinyin", "-b", "1", "-s", "{rate}", "--stdout"}, Rate: 165, Timeout: 10 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	say := "青禾县二零二六年惠民资金公示，一共一千二百八十六点四万元。"
	r, err := s.Record(context.Background(), []speech.Line{{Text: "a", Say: say}})
	if err != nil {
		t.Fatal(err)
	}
	perSecond := float64(utf8.RuneCountInString(say)) / r.Duration().Seconds()
	t.Logf("%.1f characters a second", perSecond)
	// A voice that spells letters out, or reads no characters, is far off.
	if perSecond < 2.5 || perSecond > 5 {
		t.Errorf("%.1f characters a second is no Mandarin for old people", perSecond)
	}
}

// BenchmarkRecord records a notice of the usual length with the delivered voice.
// The floor is the voice alone, its sound thrown away.
func BenchmarkRecord(b *testing.B) {
	s, err := New(Config{Command: []string{"espeak-ng", "-v", "cmn-latn-pinyin", "-b", "1", "-s", "{rate}", "--stdout"}, Rate: 165, Timeout: 20 * time.Second})
	if err != nil {
		b.Fatal(err)
	}
	var script []speech.Line
	for range 10 {
		script = append(script, speech.Line{Say: "十一月十二日，石岭镇召开冬季茶园管理现场会，六个村参加。"})
	}
	var floor, own time.Duration
	var size int
	var length time.Duration
	for b.Loop() {
		began := time.Now()
		for _, l := range script {
			cmd := exec.Command(s.program, s.args...)
			cmd.Stdin, cmd.Stdout = strings.NewReader(l.Say), io.Discard
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
		}
		floor += time.Since(began)
		began = time.Now()
		r, err := s.Record(b.Context(), script)
		if err != nil {
			b.Fatal(err)
		}
		data, err := speech.Encode(r)
		if err != nil {
			b.Fatal(err)
		}
		own += time.Since(began)
		size, length = len(data), r.Duration()
	}
	b.ReportMetric(float64(own)/float64(floor), "ratio")
	b.ReportMetric(float64(size)/1024, "KB")
	b.ReportMetric(length.Seconds(), "s-long")
	b.ReportMetric(own.Seconds()*1000/float64(b.N), "ms/notice")
}
