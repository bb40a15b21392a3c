"""Makes tokenizers and what they make of texts with Hugging Face's `tokenizers`.

bytes.json is a byte-pair encoding as GPT-2's, learned on the spot; characters.json and words.json are
vocabularies of characters as others write them, and cases.json has texts and their tokens by each.
"""

import json
import pathlib
import random

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

folder = pathlib.Path(__file__).parent

CORPUS = [
    "It's what we'll do: they're here, I've 'em, don't we'd I'm sure! The theory of these others.",
    "Größe, naïve café; Ελληνικά και ρωσικά: Привет, мир! 你好，世界。日本語のテキスト",
    "numbers 3.14159 and 2,718 or 1234567890 and ½ Ⅷ ٣٤٥",
    "def f(x):\n    return x  +  1\n\n\nclass A:\n\tpass\r\n",
    "🙂🙃 family 👩‍👩‍👧‍👦 flags 🇩🇪🇫🇷 e\u0301 \u00e9 \u212b \u00c5",
]

TEXTS = CORPUS + [
    "",
    " ",
    "a",
    "'",
    "''s 's'S 'LL we'lll o'clock 're're '",
    "   leading and trailing   ",
    "tabs\t\tand\u00a0no-break\u00a0 \u2003spaces\u3000 \u200bzero\u200dwidth",
    "\n\n a\n b \n\n\n  c\r\n\r\nd\u2028e\u0085f\x0bg\x0ch\x1ci\x1fj\x00k\x7f",
    "a1b2 c3 44dd _under_score --dash-- ...!!! (x) [y] {z} <|endof",
    "end<|endoftext|>start<|endoftext|><|endoftext|> <|endoftext|>\n",
    "<|end|><|end|>of<|endoftext|",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 4 + " " * 33 + "b",
    "ªº²³¹ ǅ ʰ ๓ ೩ ⅓ ① 一 ㊀ ℕ ∑ € ™ ¿¡ ‘quotes’ “double” it’s",
    "\U0001f468\u200d\U0001f4bb\ufe0f \U000e0067 \ufffd \ue000 \U0010ffff",
]


def random_texts(seed, count):
    random.seed(seed)
    pieces = list("ab'  \n\té1٣½!?-🙂世\u00a0") + ["'s", "'re", "the", " the", "'ll", "<|endoftext|>", "123"]
    return ["".join(random.choices(pieces, k=random.randint(1, 24))) for _ in range(count)]


def cases(tokenizer, texts):
    return [[text, tokenizer.encode(text).ids] for text in texts]


byte_level = Tokenizer(models.BPE())
byte_level.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
byte_level.decoder = decoders.ByteLevel()
byte_level.train_from_iterator(
    CORPUS * 3,
    trainers.BpeTrainer(
        vocab_size=390,
        special_tokens=["<|endoftext|>", "<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ),
)
byte_level.save(str(folder / "bytes.json"))

alphabet = sorted({c for text in TEXTS for c in text})
characters = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
characters.decoder = decoders.Fuse()
characters.save(str(folder / "characters.json"))

words = Tokenizer(models.WordLevel({c: i for i, c in enumerate(["[UNK]"] + alphabet)}, unk_token="[UNK]"))
words.pre_tokenizer = pre_tokenizers.Split("", "isolated")
words.add_special_tokens(["[UNK]"])
words.save(str(folder / "words.json"))

# A byte-pair encoding of characters, with merges across spaces.
pairs = Tokenizer(models.BPE())
pairs.decoder = decoders.Fuse()
pairs.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=len(alphabet) + 80, show_progress=False))
pairs.save(str(folder / "pairs.json"))

prefixed = Tokenizer.from_file(str(folder / "bytes.json"))
prefixed.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
unsplit = Tokenizer.from_file(str(folder / "bytes.json"))
unsplit.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)

tables = {
    "bytes": cases(byte_level, TEXTS + random_texts(1, 50)),
    "bytes-with-space": cases(prefixed, TEXTS),
    "bytes-unsplit": cases(unsplit, TEXTS),
    "characters": cases(characters, TEXTS),
    "words": cases(words, TEXTS),
    "pairs": cases(pairs, TEXTS),
}
(folder / "cases.json").write_text(json.dumps(tables, separators=(",", ":")))
