"""The aims of `make bench`: prints what a part of it found beside them, and in the end which were missed.

    python3 aims.py PART FILE   PART's figures, from the JSON that the probe printed into FILE
    python3 aims.py missed      ends with 1 when an aim was missed, or a part did not work

Misses are noted, a line each, in the file that BENCH_MISSED names; without it they are only printed.
"""

import json
import math
import os
import sys


def hold(name, value, most=None, least=None, unit="ms", digits=0):
    """Prints one figure beside its aim, and notes a miss. A figure that is not there is one."""
    value = math.nan if value is None else value
    met = value <= most if least is None else value >= least
    aim = f"at most {most:g}" if least is None else f"at least {least:g}"
    line = f"{name}: {value:.{digits}f} {unit} (aim: {aim} {unit})"
    print(f"{'met   ' if met else 'MISSED'} {line}")
    if not met:
        miss(line)


def miss(line):
    if noted := os.environ.get("BENCH_MISSED"):
        with open(noted, "a") as file:
            print(line, file=file)


def percentile(values, part):
    return sorted(values)[max(math.ceil(part * len(values)) - 1, 0)] if values else math.nan


def questions(found):
    spread = found["summary"]["voice_to_voice"]
    for name, stage in sorted(found["summary"]["stages"].items(), key=lambda item: item[1]["p50_ms"]):
        print(f"       {name:16} p50 {stage['p50_ms']:6.0f} ms   p95 {stage['p95_ms']:6.0f} ms   of {stage['count']}")
    print(f"       {'voice to voice':16} p50 {spread['p50_ms']:6.0f} ms   p95 {spread['p95_ms']:6.0f} ms   of {spread['count']}")
    hold("voice to voice, p50", spread["p50_ms"], most=900)
    hold("answered before the end", found["summary"]["answered_before_end"], most=0, unit="questions")


def barge(found):
    rounds = found["rounds"]
    real = [one for one in rounds if one["kind"] in REAL]
    others = [one for one in rounds if one["kind"] not in REAL]
    of = lambda name: [one[name] for one in rounds if one[name] is not None]
    cut = lambda some: 100 * sum(one["cut"] for one in some) / max(len(some), 1)
    hold("12 dB down, p95", percentile(of("down_ms"), 0.95), most=120)
    hold("decided, p50", percentile(of("decided_ms"), 0.5), most=350)
    hold("decided, p95", percentile(of("decided_ms"), 0.95), most=500)
    hold(f"real ones cut ({len(real)})", cut(real), least=95, unit="%")
    hold(f"others cut ({len(others)})", cut(others), most=5, unit="%", digits=1)
    hold("history is what was heard", 100 * sum(one["history_true"] for one in rounds) / len(rounds), least=100, unit="%")
    troubles(found["troubles"])


def crowd(found):
    asked, p95 = found["utterances"], found["voice_to_voice_p95_ms"] or math.inf
    held = found["held"] == found["calls"] and found["replies_whole"] == asked and p95 < 3_000
    late = found["traffic"]["late_frames"] * 100 > found["traffic"]["sent_packets"]
    print(
        f"{found['calls']:3} calls {'hold' if held else 'do not hold'}: {found['replies_whole']} of {asked} replies whole, "
        f"{asked - found['replies_heard']} missing, voice to voice p50 {found['voice_to_voice_p50_ms'] or 0:.0f} ms "
        f"p95 {p95:.0f} ms, {found['spent']['cpu_percent']:.0f} % of a core, {found['spent']['memory_kb'] / 1024:.0f} MB"
        f"{', doubtful: the caller was late' if late else ''}"
    )
    sys.exit(0 if held else 1)


def cost(found, percent):
    hold("CPU a call", found["spent"]["cpu_percent_per_call"], most=percent, unit="% of a core", digits=2)
    hold("memory a call", found["spent"]["memory_kb_per_call"] / 1024, most=2, unit="MB", digits=2)
    hold("calls that stood", found["held"], least=found["calls"], unit="calls")
    troubles([f"{why} ({times} times)" for why, times in found["troubles"].items()])


def idle(found):
    cost(found, 0.5)


def talking(found):
    print(f"       callers spoke {found['speaking_percent']:.0f} % of the time and heard a voice {found['hearing_percent']:.0f} %")
    cost(found, 1.5)
    hold("replies whole", found["replies_whole"], least=found["utterances"], unit="replies")


def churn(found):
    grown = (found["after"]["memory_kb"] - found["quarter"]["memory_kb"]) / 1024
    print(f"       {found['calls_per_s']:.0f} calls set up a second, offer to answer p95 {found['setup_p95_ms']:.1f} ms")
    hold("connects and hang-ups that worked", found["completed"], least=found["cycles"], unit="cycles")
    hold("grown after the first quarter of them", grown, most=2, unit="MB", digits=1)
    # By then the prober's own connections to the doors stand, too.
    opened = found["after"]["files"] - found["quarter"]["files"]
    hold("more files open than after the first quarter", opened, most=0, unit="files")


def beside(found):
    figures = {figure["name"]: figure for figure in found["figures"]}
    overhead = figures.get("overhead over the window", {"values": {}})["values"].get("ours", {})
    hold("overhead over the silence, p50", overhead.get("p50"), most=5, digits=1)
    talks = figures.get("CPU a talking call", {"beside": {}})["beside"]
    for other, times in (("aiortc", 5), ("pipecat", 10)):
        if any(other in one["found"] for one in found["rounds"]):
            hold(f"CPU of a talking call: {other} costs", talks.get(other, {}).get("median"), least=times, unit="times ours", digits=1)
    if found["filled"]:
        hold("calls on one core", found["filled"]["held"], least=70, unit="calls")


def troubles(some):
    for trouble in some:
        print(f"       trouble: {trouble}")
        miss(trouble)


# Of the kinds of sounds that `probe barge` makes: the caller wants the floor.
REAL = ("sentence", "word")
PARTS = {part.__name__: part for part in (questions, barge, crowd, idle, talking, churn, beside)}


def missed():
    noted = os.environ.get("BENCH_MISSED")
    lines = open(noted).read().splitlines() if noted and os.path.exists(noted) else []
    print("\n".join(["Missed:"] + [f"  {line}" for line in lines]) if lines else "Every aim is met.")
    sys.exit(1 if lines else 0)


def main():
    match sys.argv[1:]:
        case ["missed"]:
            missed()
        case [part, file] if part in PARTS:
            with open(file) as found:
                PARTS[part](json.load(found))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
