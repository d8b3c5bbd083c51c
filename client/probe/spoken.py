"""What the probe's calls say of spoken sentences: pauses inside them, and words over a bad network.

    python3 spoken.py pauses --url URL --probe BINARY   sentences with a pause of 500 to 700 ms inside
    python3 spoken.py lossy  --url URL --probe BINARY   the same sentences over a clean and a bad network

flite speaks, so the server must be one with built-in engines. It ends with 1 when a call broke off; which aims were
missed, `aims.py` tells.
"""

import argparse
import array
import json
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import wave

from aims import hold, percentile

RATE = 16_000
FRAME = RATE // 50
VOICED_DBFS = -45
VOICES = ("slt", "rms")
HERE = pathlib.Path(__file__).parent


def speak(text, voice, folder):
    """flite's samples, without the fifth of a second of silence that it puts at either end."""
    file = folder / "flite.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", file], check=True)
    with wave.open(str(file)) as sound:
        samples = array.array("h", sound.readframes(sound.getnframes()))
        if sound.getframerate() != RATE:
            sys.exit(f"flite's voice {voice} does not speak at {RATE} Hz")
    loud = [n for n in range(0, len(samples), FRAME) if level(samples[n : n + FRAME]) > VOICED_DBFS]
    return samples[loud[0] : loud[-1] + FRAME]


def level(frame):
    power = sum(sample * sample for sample in frame) / max(len(frame), 1)
    return 10 * math.log10(max(power, 1e-9)) - 20 * math.log10(32_768)


def silence(ms):
    return array.array("h", bytes(2 * RATE * ms // 1000))


def write(samples, file):
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())


def call(args, files, *options):
    """A running call that says each file, after the reply to the one before."""
    command = [args.probe, "call", "--url", args.url, "--timeout", "60", "--json", *options]
    for file in files:
        command += ["--say", str(file)]
    if args.session:
        command += ["--session", args.session]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def report(running):
    output, _ = running.communicate()
    try:
        found = json.loads(output)
    except ValueError:
        sys.exit("the probe printed no report")
    if found["trouble"]:
        print(f"the call broke off: {found['trouble']}")
    return found


def words(text):
    return re.findall(r"[\w']+", text.lower())


def distance(said, heard):
    """Levenshtein's, in words."""
    row = list(range(len(heard) + 1))
    for i, a in enumerate(said):
        diagonal, row[0] = row[0], i + 1
        for j, b in enumerate(heard):
            diagonal, row[j + 1] = row[j + 1], min(diagonal + (a != b), row[j + 1] + 1, row[j] + 1)
    return row[-1]


def understood(exchange):
    return " ".join(exchange["understood"])


def share(part, whole):
    return f"{100 * part / max(whole, 1):5.1f} %"


def pauses(args, folder):
    lines = [line.split("|") for line in lines_of(args.sentences or HERE / "pauses.txt")][: args.most]
    luck = random.Random(args.seed)
    calls = []
    for number, voice in enumerate(VOICES):
        said, files = [], []
        for line in lines if args.both else lines[number :: len(VOICES)]:
            pause_ms = luck.randint(args.shortest, args.longest)
            file = folder / f"{voice}-{len(files)}.wav"
            parts = [speak(part.strip(), voice, folder) for part in line]
            sound = silence(200) + parts[0]
            for part in parts[1:]:
                sound += silence(pause_ms) + part
            write(sound + silence(200), file)
            said.append(f"{' | '.join(part.strip() for part in line)} ({pause_ms} ms)")
            files.append(file)
        calls.append((voice, said, call(args, files)))
    early = spoken = errors = length = 0
    latencies, broken = [], False
    for voice, said, running in calls:
        found = report(running)
        broken |= bool(found["trouble"])
        for line, exchange in zip(said, found["exchanges"]):
            reference = words(line.rsplit("(", 1)[0])
            spoken += 1
            early += exchange["answered_before_end"]
            errors += distance(reference, words(understood(exchange)))
            length += len(reference)
            if exchange["voice_to_voice_ms"] is not None and not exchange["answered_before_end"]:
                latencies.append(exchange["voice_to_voice_ms"])
            if exchange["answered_before_end"] or args.show:
                mark = "early" if exchange["answered_before_end"] else "     "
                print(f"{mark} {voice}: {line} -> {exchange['understood']}")
    hold(f"answered before the end, {early} of {spoken}", 100 * early / max(spoken, 1), most=10, unit="%")
    print(f"       voice to voice   p50 {percentile(latencies, 0.5):6.0f} ms   p95 {percentile(latencies, 0.95):6.0f} ms")
    print(f"       word error rate  {share(errors, length)}")
    return broken


def lossy(args, folder):
    texts = lines_of(args.sentences or HERE / "questions.txt")[: args.most]
    network = ["--loss", "5", "--jitter", "30", "--reorder", "5", "--seed", str(args.seed)]
    print("                      clean            5 % loss, 30 ms jitter, 5 % reordered")
    broken, totals = False, []
    for voice in VOICES:
        files = []
        for number, text in enumerate(texts):
            files.append(folder / f"{voice}-{number}.wav")
            write(silence(200) + speak(text, voice, folder) + silence(200), files[-1])
        found = [report(running) for running in [call(args, files), call(args, files, *network)]]
        broken |= any(one["trouble"] for one in found)
        totals += [judge(voice, texts, *[one["exchanges"] for one in found], args.show)]
    hold("more words wrong over the bad network", max(totals), most=5, unit="points", digits=1)
    return broken


def judge(voice, texts, clean, bad, show):
    """Prints one voice's figures over both networks; answers with the difference in word error rate."""
    length = sum(len(words(text)) for text in texts)
    pace = voiced(clean) / max(sum(len(answer(exchange)) for exchange in clean), 1)
    usual = {answer(exchange): exchange["reply_voiced_ms"] for exchange in clean}
    rates, whole, lasted = [], [], []
    for network, exchanges in (("clean", clean), ("bad", bad)):
        wrong = sum(distance(words(t), words(understood(e))) for t, e in zip(texts, exchanges))
        rates.append(100 * wrong / length)
        broken = [(t, e) for t, e in zip(texts, exchanges) if not is_whole(e, usual, pace)]
        broken += [(text, None) for text in texts[len(exchanges) :]]
        whole.append(len(texts) - len(broken))
        lasted.append(voiced(exchanges) / 1000)
        for text, exchange in broken:
            told = [f"{r['status']}: {r['text']!r}, heard {r['heard']!r}" for r in exchange["replies"]] if exchange else "never said"
            print(f"  {network}, not whole: {text} -> {told}, {exchange and exchange['reply_voiced_ms']} ms of voice")
    again = [e["reply_voiced_ms"] / usual[answer(e)] for e in bad if usual.get(answer(e))]
    count = len(texts)
    print(f"{voice}: word error rate  {rates[0]:5.1f} %          {rates[1]:5.1f} %")
    print(f"{voice}: replies whole    {whole[0]:3} of {count:3}       {whole[1]:3} of {count:3}")
    hold(f"{voice}: replies whole over the bad network", whole[1], least=count, unit="replies")
    print(f"{voice}: voice received   {lasted[0]:5.1f} s          {lasted[1]:5.1f} s")
    print(f"{voice}: {len(again)} replies were the same on both: at least {100 * min(again, default=math.nan):.0f} % of each one's voice came through")
    if show:
        for text, a, b in zip(texts, clean, bad):
            print(f"  {text} -> {a['understood']} | {b['understood']}")
    return rates[1] - rates[0]


def answer(exchange):
    return " ".join(reply["text"] for reply in exchange["replies"])


def voiced(exchanges):
    return sum(exchange["reply_voiced_ms"] for exchange in exchanges)


def is_whole(exchange, usual, pace):
    """Every reply was composed to its end, the server played all of it, and its voice was received for
    as long as the same words took on the clean network; other words, for about as long as they take."""
    replies = exchange["replies"]
    told = all(reply["status"] == "completed" and reply["heard"] == reply["text"] for reply in replies)
    text = answer(exchange)
    least = 0.95 * usual[text] if usual.get(text) else 0.7 * pace * len(text)
    return bool(replies) and told and exchange["reply_voiced_ms"] >= least


def lines_of(file):
    return [line for line in pathlib.Path(file).read_text().splitlines() if line.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("pauses", "lossy"))
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--probe", default="probe", help="the probe's binary")
    parser.add_argument("--sentences", help="a file of sentences, one a line; | where the pause is")
    parser.add_argument("--most", type=int, help="only the first so many")
    parser.add_argument("--both", action="store_true", help="both voices say every sentence")
    parser.add_argument("--shortest", type=int, default=500, help="the shortest pause, in ms")
    parser.add_argument("--longest", type=int, default=700, help="the longest pause, in ms")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="every sentence, and what was understood")
    parser.add_argument("--session", help="a session object in JSON, sent beside the offer")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        broken = {"pauses": pauses, "lossy": lossy}[args.what](args, pathlib.Path(folder))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
