"""Florence-2 in small: DaViT and BART, five tokens a picture of 64 px."""

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import Florence2Config, Florence2ForConditionalGeneration, GenerationConfig, PreTrainedTokenizerFast
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.florence2.processing_florence2 import Florence2Processor

from . import caches, export, words
from .golden import answered, generated
from .paligemma import Embed, Vision

SIDE, HIDDEN, LAYERS, HEADS = 64, 32, 2, 2
DIM = HIDDEN // HEADS
TOKENS = (SIDE // 32) ** 2 + 1
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
CONTEXT = 256
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
BEGIN, PAD, END = 0, 1, 2
NO_REPEAT = 3
HINTS = {
    "": "What does the image describe?",
    "detailed": "Describe in detail what is shown in the image.",
    "more detailed": "Describe with a paragraph what is shown in the image.",
}
TASKS = {"": "<CAPTION>", "detailed": "<DETAILED_CAPTION>", "more detailed": "<MORE_DETAILED_CAPTION>"}


def tokenizer():
    """As BART's: bytes as letters."""
    made = Tokenizer(models.BPE(unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(
        words.CORPUS + list(HINTS.values()),
        trainers.BpeTrainer(
            vocab_size=520, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
        ),
    )
    made.add_tokens([AddedToken(token, normalized=False) for token in ("<loc_0>", "<loc_1>")])
    made.add_special_tokens([AddedToken("<image>", normalized=False, special=True)])
    return made


class Reference:
    normalisation = (MEAN, STD)

    def __init__(self):
        self.tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=tokenizer(), bos_token="<s>", eos_token="</s>", pad_token="<pad>", unk_token="<unk>",
            extra_special_tokens={"image_token": "<image>"},
        )
        self.images = CLIPImageProcessorPil(
            size={"height": SIDE, "width": SIDE}, do_center_crop=False, image_mean=MEAN, image_std=STD
        )
        self.images.image_seq_length = TOKENS
        self.processor = Florence2Processor(self.images, self.tokenizer)
        image = self.tokenizer.convert_tokens_to_ids("<image>")
        config = Florence2Config(
            vision_config=dict(
                depths=[1, 1, 1, 1], embed_dim=[8, 16, 24, 32], num_heads=[1, 2, 3, 4], num_groups=[1, 2, 3, 4],
                window_size=4, projection_dim=HIDDEN, drop_path_rate=0.0,
            ),
            text_config=dict(
                model_type="bart", vocab_size=len(self.tokenizer), d_model=HIDDEN, encoder_layers=2, decoder_layers=LAYERS,
                encoder_attention_heads=HEADS, decoder_attention_heads=HEADS, encoder_ffn_dim=64, decoder_ffn_dim=64,
                max_position_embeddings=CONTEXT, pad_token_id=PAD, bos_token_id=BEGIN, eos_token_id=END,
                decoder_start_token_id=END, forced_eos_token_id=END, dropout=0.0,
            ),
            image_token_id=image, is_encoder_decoder=True, pad_token_id=PAD, bos_token_id=BEGIN, eos_token_id=END,
            decoder_start_token_id=END,
        )
        config._attn_implementation = "eager"
        self.model = export.stir(Florence2ForConditionalGeneration(config), 13, 0.3)
        # Rows of this width repeat themselves soon: the rule against that is part of what is compared.
        self.model.generation_config = GenerationConfig(
            bos_token_id=BEGIN, eos_token_id=END, pad_token_id=PAD, decoder_start_token_id=END,
            forced_bos_token_id=BEGIN, forced_eos_token_id=END, no_repeat_ngram_size=NO_REPEAT,
        )

    def hints(self):
        return list(HINTS)

    def caption(self, hint):
        return TASKS[hint]

    def question(self, question):
        return question

    def inputs(self, image, text):
        if any(mark in text for mark in SPECIAL + ["<image>"]):
            inputs = self.processor(images=image, text="a", return_tensors="pt")
            # Marks that a user wrote are text: those words go through a tokenizer that knows no marks.
            own = words.unmarked(self.tokenizer).encode(text, add_special_tokens=False).ids
            inputs["input_ids"] = torch.tensor([inputs["input_ids"][0][: TOKENS + 1].tolist() + own + [END]])
            inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        else:
            inputs = self.processor(images=image, text=text, return_tensors="pt")
        return inputs, inputs["pixel_values"].numpy()

    def generate(self, inputs, most):
        inputs = {key: inputs[key] for key in ("input_ids", "attention_mask", "pixel_values")}
        return generated(
            self.model, inputs, most, 1, [END], lambda ids: self.tokenizer.decode(ids, skip_special_tokens=True),
            lambda place: place in (0, most - 1),
        )

    def score(self, image, text, inputs, choice):
        answer = self.tokenizer(choice, add_special_tokens=False)["input_ids"] + [END]
        # Every text of this model begins with its mark of a beginning.
        written = [END, BEGIN] + answer[:-1]
        logits = self.model(
            input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], pixel_values=inputs["pixel_values"],
            decoder_input_ids=torch.tensor([written]),
        ).logits[0]
        return answered(logits[-len(answer) :], answer)


class Encoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.encoder = model.model.language_model.encoder

    def forward(self, inputs_embeds, attention_mask):
        return self.encoder(inputs_embeds=inputs_embeds, attention_mask=hidden(attention_mask)).last_hidden_state


def hidden(mask):
    return torch.where(mask[:, None, None, :] > 0, 0.0, torch.finfo(torch.float32).min)


class Decoder(torch.nn.Module):
    """As a merged decoder: the encoder's keys and values come of the first step, and the later ones give none."""

    def __init__(self, model):
        super().__init__()
        self.decoder, self.head = model.model.language_model.decoder, model.lm_head

    def forward(self, encoder_attention_mask, encoder_hidden_states, inputs_embeds, use_cache_branch, *past):
        own, cross, given = [], [], []
        rows = encoder_hidden_states.shape[0]
        length = encoder_hidden_states.shape[1]
        for i, layer in enumerate(self.decoder.layers):
            own += past[4 * i : 4 * i + 2]
            for j, projection in enumerate((layer.encoder_attn.k_proj, layer.encoder_attn.v_proj)):
                made = projection(encoder_hidden_states).view(rows, -1, HEADS, DIM).transpose(1, 2)
                before = past[4 * i + 2 + j]
                cross.append(torch.cat([before, made], 2)[:, :, :length])
                given.append(made[:, :, before.shape[2] :])
        cache = EncoderDecoderCache(caches.cache(own), caches.cache(cross))
        cache.is_updated = {i: True for i in range(LAYERS)}
        seen = past[0].shape[2] + inputs_embeds.shape[1]
        steps = torch.arange(seen)
        at = past[0].shape[2] + torch.arange(inputs_embeds.shape[1])
        causal = torch.where(steps[None, :] <= at[:, None], 0.0, torch.finfo(torch.float32).min)
        out = self.decoder(
            inputs_embeds=inputs_embeds, attention_mask=causal[None, None].expand(rows, 1, -1, -1),
            encoder_hidden_states=encoder_hidden_states, encoder_attention_mask=hidden(encoder_attention_mask),
            past_key_values=cache, use_cache=True,
        )
        logits = self.head(out.last_hidden_state) + use_cache_branch.to(torch.float32) * 0
        kept = caches.flat(cache.self_attention_cache)
        present = []
        for i in range(LAYERS):
            present += kept[2 * i : 2 * i + 2] + given[2 * i : 2 * i + 2]
        return logits, *present


def write(folder):
    reference = Reference()
    model = reference.model
    export.begin(folder, reference)
    past, present = export.cache_names(LAYERS, ("decoder.", "encoder."))
    both = {0: "batch_size", 1: "sequence_length"}
    export.onnx(
        Vision(model), folder / "onnx/vision_encoder.onnx", {"pixel_values": torch.rand(2, 3, SIDE, SIDE)},
        ["image_features"], {"pixel_values": {0: "batch_size"}, "image_features": {0: "batch_size"}},
    )
    export.onnx(
        Embed(model), folder / "onnx/embed_tokens.onnx", {"input_ids": torch.ones(2, 5, dtype=torch.long)},
        ["inputs_embeds"], {"input_ids": both, "inputs_embeds": both},
    )
    export.onnx(
        Encoder(model), folder / "onnx/encoder_model.onnx",
        {"inputs_embeds": torch.rand(2, 6, HIDDEN), "attention_mask": torch.ones(2, 6, dtype=torch.long)},
        ["last_hidden_state"], {"inputs_embeds": both, "attention_mask": both, "last_hidden_state": both},
    )
    keys = {name: torch.rand(2, HEADS, 6 if "encoder" in name else 3, DIM) for name in past}
    export.onnx(
        Decoder(model), folder / "onnx/decoder_model_merged.onnx",
        {
            "encoder_attention_mask": torch.ones(2, 6, dtype=torch.long), "encoder_hidden_states": torch.rand(2, 6, HIDDEN),
            "inputs_embeds": torch.rand(2, 1, HIDDEN), "use_cache_branch": torch.ones(1, dtype=torch.bool),
        } | keys,
        ["logits"] + present,
        {"inputs_embeds": both, "logits": both}
        | {name: {0: "batch_size", 1: "encoder_sequence_length"} for name in ("encoder_attention_mask", "encoder_hidden_states")}
        | {name: {0: "batch_size", 2: name.split(".")[2] + "_length"} for name in past}
        | {name: {0: "batch_size", 2: name.split(".")[2] + "_length_out"} for name in present},
    )
    graphs = ("vision_encoder", "embed_tokens", "encoder_model", "decoder_model_merged")
    export.bundle(folder, {
        "family": "florence2",
        "name": "tiny-random-florence2",
        "purpose": "A tiny Florence-2 with random weights: it writes nonsense, the same as the reference does.",
        "tasks": ["caption", "vqa"],
        "graphs": {name: f"onnx/{name}.onnx" for name in graphs},
        "image": {"width": SIDE, "height": SIDE, "mean": MEAN, "std": STD, "filter": "bicubic", "tokens": TOKENS},
        "specialTokens": {"image": model.config.image_token_id, "pad": PAD, "eos": [END], "decoderStart": END},
        "templates": {
            "caption": "<image><s>" + HINTS[""] + " {hint}</s>",
            "captions": {hint: f"<image><s>{text}</s>" for hint, text in HINTS.items() if hint},
            "vqa": "<image><s>{question}</s>",
            "answer": "{answer}",
        },
        "decoding": {"first": BEGIN, "last": END, "noRepeat": NO_REPEAT},
        "limits": {"context": CONTEXT, "maxPromptTokens": 128, "maxNewTokens": 64, "maxBatch": 8},
        "defaults": {"maxTokens": 20},
    })
