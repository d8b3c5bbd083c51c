"""Teaches MiniLM to judge whether a sentence answers a question, and writes what it learnt.

    python3 -m venv /tmp/judge && /tmp/judge/bin/pip install -r models/builtin/judge/requirements.txt
    cargo run -p models-builtin --example lessons -- --outside models/knowledge/tests/folders/outside.questions \\
        models/builtin/judge/lessons/* > /tmp/lessons.jsonl
    /tmp/judge/bin/python models/builtin/judge/train.py /tmp/lessons.jsonl ~/.cache/repartee/weights \\
        models/builtin/judge/judge.safetensors

Question and sentence are read together, and of all sentences that were found for a question, and that none answers, the
likeliest is asked for. All weights are taught; of each table the few directions in which it changed most are kept, as
bytes. Two cores with AMX take a second for 16 questions. Where lessons come in addition, `--onto` the present judge,
with `--known` for what it was taught from, takes in the new ones twice and those once more: what is committed was made so,
from 196 folders at first, then from 112 others and as many questions again about the first, then from 144 others, with a
quarter of their misheard questions and 6,500 of those that were known. What it was taught from, it is
not tested on: the folders in models/knowledge/tests/folders are others, and the weights in `quote/weights.rs` are fitted to
those.
"""

import argparse
import json
import math
import random
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import BertWordPieceTokenizer

WIDTH, HEADS, LAYERS = 384, 12, 6
# As in src/minilm/tokens.rs, without the ends.
MOST_ASKED, MOST_HEADING, MOST_BEFORE, MOST_PAIR = 40, 14, 24, 72
FIRST, LAST = 101, 102
EPOCHS, RATE, QUESTIONS_A_STEP, SENTENCES = 2, 8e-5, 16, 7
# Questions that were misheard, and such as are asked of every folder: how many are kept, and what each counts.
MISHEARD_SHARE, MISHEARD_WEIGHT = 0.35, 0.6
COMMON_SHARE, COMMON_WEIGHT = 0.1, 0.25
# Directions of each table that are kept.
RANK = 32
# What was taught further counts so much beside what it was before: that keeps it from being too sure of itself.
TAUGHT_SHARE = 0.6
TABLES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
}
NORMS = {"attended_norm": "attention.output.LayerNorm", "norm": "output.LayerNorm"}


class Judge(nn.Module):
    def __init__(self, base):
        super().__init__()
        fixed = lambda name: nn.Parameter(base[name].clone(), requires_grad=False)
        self.words = fixed("embeddings.word_embeddings.weight")
        self.places = fixed("embeddings.position_embeddings.weight")
        self.kinds = nn.Parameter(base["embeddings.token_type_embeddings.weight"].clone())
        self.norm = norm(base, "embeddings.LayerNorm")
        self.layers = nn.ModuleList()
        for layer in range(LAYERS):
            parts = {part: linear(base, f"encoder.layer.{layer}.{name}") for part, name in TABLES.items()}
            parts |= {part: norm(base, f"encoder.layer.{layer}.{name}") for part, name in NORMS.items()}
            self.layers.append(nn.ModuleDict(parts))
        self.verdict = nn.Linear(WIDTH, 1)
        nn.init.zeros_(self.verdict.weight)
        nn.init.constant_(self.verdict.bias, -2.0)

    def forward(self, tokens, kinds, real):
        state = self.norm(self.words[tokens] + self.places[: tokens.shape[1]] + self.kinds[kinds])
        many, length, _ = state.shape
        shut = torch.zeros(real.shape).masked_fill(~real, -1e9)[:, None, None]
        for layer in self.layers:
            query, key, value = (
                layer[part](state).view(many, length, HEADS, -1).transpose(1, 2) for part in ("query", "key", "value")
            )
            # Plain sums: the fused attention takes most of the time going back.
            look = torch.softmax((query @ key.transpose(-1, -2)).float() / math.sqrt(WIDTH // HEADS) + shut, -1)
            mixed = (look.to(value.dtype) @ value).transpose(1, 2).reshape(many, length, WIDTH)
            state = layer["attended_norm"](state + layer["attended"](mixed))
            state = layer["norm"](state + layer["narrow"](F.gelu(layer["wide"](state))))
        counted = real[..., None].to(state.dtype)
        return self.verdict((state * counted).sum(1) / counted.sum(1))[:, 0].float()


def linear(base, name):
    weight = base[name + ".weight"]
    made = nn.Linear(weight.shape[1], weight.shape[0])
    made.weight.data, made.bias.data = weight.clone(), base[name + ".bias"].clone()
    return made


def norm(base, name):
    made = nn.LayerNorm(WIDTH, eps=1e-12)
    made.weight.data, made.bias.data = base[name + ".weight"].clone(), base[name + ".bias"].clone()
    return made


class Pairs:
    """A question and a sentence, its heading and the one before it between them, as tokens; and which are its own."""

    def __init__(self, vocabulary):
        self.split = BertWordPieceTokenizer(vocabulary, lowercase=True)
        self.known = {}

    def tokens(self, text):
        if text not in self.known:
            self.known[text] = self.split.encode(text, add_special_tokens=False).ids
        return self.known[text]

    def of(self, question, sentence):
        above = [FIRST, *self.tokens(question)[:MOST_ASKED], LAST]
        if sentence["heading"]:
            above += self.tokens(sentence["heading"])[:MOST_HEADING] + self.tokens(":")
        own = self.tokens(sentence["text"])[: MOST_PAIR - len(above) - 2]
        room = MOST_PAIR - len(above) - len(own) - 2
        above += self.tokens(sentence["before"])[: min(room, MOST_BEFORE)] + [LAST]
        own.append(LAST)
        return above + own, [0] * len(above) + [1] * len(own)


def batch(pairs):
    length = max(len(tokens) for tokens, _ in pairs)
    tokens = torch.zeros(len(pairs), length, dtype=torch.long)
    kinds, real = tokens.clone(), torch.zeros(len(pairs), length, dtype=torch.bool)
    for row, (own, kind) in enumerate(pairs):
        tokens[row, : len(own)] = torch.tensor(own)
        kinds[row, : len(own)] = torch.tensor(kind)
        real[row, : len(own)] = True
    return tokens, kinds, real


def run(judge, pairs, parts=3):
    """Those of a length together."""
    order = sorted(range(len(pairs)), key=lambda at: len(pairs[at][0]))
    size = math.ceil(len(order) / parts)
    out = [judge(*batch([pairs[at] for at in order[n : n + size]])) for n in range(0, len(order), size)]
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(out)[back]


def chosen(question, chance):
    """The right sentences, the likeliest wrong ones by the weights so far, and some others."""
    right = [one for one in question["sentences"] if one["right"]]
    wrong = [one for one in question["sentences"] if not one["right"]]
    near, far = wrong[: SENTENCES // 2], wrong[SENTENCES // 2 :]
    chance.shuffle(far)
    return right[:3] + near + far[: SENTENCES - len(near)]


def teach(judge, pairs, lessons, known):
    """All lessons in each turn, and of what is known another part."""
    chance = random.Random(0)
    taught = [parameter for parameter in judge.parameters() if parameter.requires_grad]
    descent = torch.optim.AdamW(taught, lr=RATE, weight_decay=0.01)
    chance.shuffle(known)
    epochs = [lessons + known[epoch::EPOCHS] for epoch in range(EPOCHS)]
    steps = sum(len(questions) // QUESTIONS_A_STEP for questions in epochs)
    swift, began, step = torch.compile(judge, dynamic=True), time.time(), 0
    for questions in epochs:
        chance.shuffle(questions)
        sum_of_losses = 0.0
        for first in range(0, len(questions) - QUESTIONS_A_STEP + 1, QUESTIONS_A_STEP):
            for group in descent.param_groups:
                group["lr"] = RATE * min(1, step / (0.08 * steps + 1)) * max(0.02, 1 - step / steps)
            asked = questions[first : first + QUESTIONS_A_STEP]
            offered = [chosen(question, chance) for question in asked]
            together = [pairs.of(q["question"], one) for q, all in zip(asked, offered) for one in all]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                verdicts = run(swift, together)
            loss, weight, at = 0.0, 0.0, 0
            for question, sentences in zip(asked, offered):
                of = torch.cat([torch.zeros(1), verdicts[at : at + len(sentences)]])
                at += len(sentences)
                # The first stands for "none of them".
                right = torch.tensor([not any(one["right"] for one in sentences), *(one["right"] for one in sentences)])
                share = COMMON_WEIGHT if question["common"] else 1.0 if question["typed"] else MISHEARD_WEIGHT
                loss = loss + share * (torch.logsumexp(of, 0) - torch.logsumexp(of[right], 0))
                weight += share
            loss = loss / weight
            descent.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(taught, 1.0)
            descent.step()
            step, sum_of_losses = step + 1, sum_of_losses + loss.item()
            if step % 50 == 0:
                mean = sum_of_losses / (first // QUESTIONS_A_STEP + 1)
                print(f"{step} of {steps} steps, {time.time() - began:.0f} s, loss {mean:.3f}", flush=True)


def bytes_of(table):
    """Rows as bytes, and what one of each row's steps is worth."""
    step = table.abs().amax(1).clamp(min=1e-12) / 127
    return (table / step[:, None]).round().to(torch.int8), step


def change(judge, base):
    """What turns the base into the judge."""
    out = {"verdict.weight": judge.verdict.weight[0], "verdict.bias": judge.verdict.bias}
    out["embeddings.token_type_embeddings.weight"] = judge.kinds
    whole = [("embeddings.LayerNorm", judge.norm)]
    for n, layer in enumerate(judge.layers):
        name = f"encoder.layer.{n}."
        whole += [(name + norm, layer[part]) for part, norm in NORMS.items()]
        for part, table in TABLES.items():
            own = name + table
            out[own + ".bias"] = layer[part].bias
            up, much, down = torch.linalg.svd(layer[part].weight.detach() - base[own + ".weight"], full_matrices=False)
            half = much[:RANK].sqrt()
            (up, wide), (down, deep) = bytes_of((up[:, :RANK] * half).T), bytes_of(down[:RANK] * half[:, None])
            out |= {f"{own}.weight.up": up.T, f"{own}.weight.down": down, f"{own}.weight.scale": wide * deep}
    for name, layer in whole:
        out |= {name + ".weight": layer.weight, name + ".bias": layer.bias}
    return {name: tensor.detach().contiguous() for name, tensor in out.items()}


def changed(base, change):
    """The base with what `change` gave."""
    out = {**base, **{name: tensor for name, tensor in change.items() if name in base}}
    for name in (name.removesuffix(".up") for name in change if name.endswith(".up")):
        up, down, scale = (change[f"{name}.{part}"].float() for part in ("up", "down", "scale"))
        out[name] = base[name] + (up * scale) @ down
    return out


def questions_in(path, chance):
    with open(path) as lines:
        questions = [json.loads(line) for line in lines]
    known = lambda question: question["outside"] or any(one["right"] for one in question["sentences"])
    share = lambda question: COMMON_SHARE if question["common"] else 1.0 if question["typed"] else MISHEARD_SHARE
    kept = lambda question: chance.random() < share(question)
    return [question for question in questions if question["sentences"] and known(question) and kept(question)]


def main():
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("lessons", help="what the example `lessons` printed")
    said.add_argument("weights", help="the folder with MiniLM's own weights")
    said.add_argument("out", help="the file to write")
    said.add_argument("--onto", help="a judge to teach further, in place of MiniLM itself")
    said.add_argument("--known", help="what that judge was taught from")
    said = said.parse_args()
    torch.manual_seed(0)
    base = load_file(f"{said.weights}/all-MiniLM-L6-v2.safetensors")
    chance = random.Random(1)
    lessons = questions_in(said.lessons, chance)
    known = questions_in(said.known, chance) if said.known else []
    print(f"{len(lessons)} questions, {len(known)} known")
    judge, before = Judge(base), None
    if said.onto:
        before = load_file(said.onto)
        judge = Judge(changed(base, before))
        judge.verdict.weight.data[0], judge.verdict.bias.data = before["verdict.weight"], before["verdict.bias"]
        before = {name: tensor.clone() for name, tensor in judge.state_dict().items()}
    teach(judge, Pairs(f"{said.weights}/all-MiniLM-L6-v2.vocab.txt"), lessons, known)
    if before:
        judge.load_state_dict({n: before[n].lerp(taught, TAUGHT_SHARE) for n, taught in judge.state_dict().items()})
    save_file(change(judge, base), said.out)


if __name__ == "__main__":
    main()
