"""Janus-Pro in small: SigLIP, a Llama and a VQ decoder, sixteen tokens a picture of 32 px, which it reads and draws."""

import json
from unittest import mock

import numpy
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import GenerationConfig, JanusConfig, JanusForConditionalGeneration, PreTrainedTokenizerFast
from transformers.cache_utils import DynamicCache
from transformers.models.janus.image_processing_pil_janus import JanusImageProcessorPil
from transformers.models.janus.processing_janus import DEFAULT_SYSTEM_PROMPT, JanusProcessor

from . import caches, chance, export, words
from .golden import Read, answered
from .smolvlm import Decoder

SIDE, PATCH, HIDDEN, LAYERS, HEADS, DIM, CODES = 32, 8, 32, 2, 2, 16, 96
TOKENS = (SIDE // PATCH) ** 2
LEAST = 14
MEAN = STD = [0.5, 0.5, 0.5]
CONTEXT = 512
GUIDANCE = 5
BEGIN, FINISH, PAD = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜▁pad▁｜>"
IMAGE, IMAGE_BEGINS, IMAGE_ENDS = "<image_placeholder>", "<begin_of_image>", "<end_of_image>"
USER, ASSISTANT = "<|User|>", "<|Assistant|>"
MARKS = [BEGIN, FINISH, PAD, IMAGE, IMAGE_BEGINS, IMAGE_ENDS, USER, ASSISTANT]
# A token that the stirred weights like to write, so that texts end at different lengths.
END = [248]


def tokenizer():
    """As DeepSeek's: bytes as letters, digits one by one; its marks are added behind the vocabulary."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(
        words.CORPUS + [DEFAULT_SYSTEM_PROMPT] * 3,
        trainers.BpeTrainer(
            vocab_size=620, special_tokens=[], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
        ),
    )
    made.add_special_tokens([AddedToken(mark, normalized=False, special=True) for mark in MARKS[:6]])
    made.add_tokens([AddedToken(mark, normalized=False) for mark in MARKS[6:]])
    made.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A", special_tokens=[(BEGIN, made.token_to_id(BEGIN))]
    )
    return made


class Reference(Read):
    normalisation = (MEAN, STD)
    questions = [f"a {USER}: {IMAGE} or {IMAGE_BEGINS} as words?"]

    def __init__(self):
        self.tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=tokenizer(), bos_token=BEGIN, eos_token=FINISH, pad_token=PAD, padding_side="left",
            extra_special_tokens={"image_token": IMAGE, "boi_token": IMAGE_BEGINS, "eoi_token": IMAGE_ENDS},
        )
        self.begin, self.finish, self.pad, self.image, self.image_begins, self.image_ends = (
            self.tokenizer.convert_tokens_to_ids(mark) for mark in MARKS[:6]
        )
        self.images = JanusImageProcessorPil(
            size={"height": SIDE, "width": SIDE}, image_mean=MEAN, image_std=STD, min_size=LEAST
        )
        self.processor = JanusProcessor(
            self.images, self.tokenizer, use_default_system_prompt=True, num_image_tokens=TOKENS
        )
        config = JanusConfig(
            vision_config=dict(
                hidden_size=HIDDEN, num_hidden_layers=2, num_attention_heads=2, image_size=SIDE, patch_size=PATCH,
                mlp_ratio=2.0, projection_dim=HIDDEN, num_image_tokens=TOKENS,
            ),
            text_config=dict(
                model_type="llama", hidden_size=HIDDEN, intermediate_size=64, num_hidden_layers=LAYERS,
                num_attention_heads=HEADS, num_key_value_heads=HEADS, head_dim=DIM, vocab_size=len(self.tokenizer),
                max_position_embeddings=CONTEXT, pad_token_id=self.pad, bos_token_id=self.begin, eos_token_id=self.finish,
            ),
            vq_config=dict(
                embed_dim=8, num_embeddings=CODES, latent_channels=32, base_channels=32, channel_multiplier=[1, 1, 1, 1],
                num_res_blocks=0, num_patches=SIDE // PATCH, projection_dim=HIDDEN, image_token_embed_dim=HIDDEN,
            ),
            image_token_id=self.image, tie_word_embeddings=False,
        )
        config._attn_implementation = "eager"
        self.model = export.stir(JanusForConditionalGeneration(config), 17, 0.3)
        # Convolutions of that strength would draw noise of two colours.
        for part in self.model.model.vqmodel.decoder.parameters():
            if part.dim() > 1:
                part.data.mul_(0.3)
        self.ends = [self.finish] + END
        self.model.generation_config = GenerationConfig(
            bos_token_id=self.begin, eos_token_id=self.ends, pad_token_id=self.pad,
            generation_kwargs={"boi_token_id": self.image_begins},
        )

    def hints(self):
        return words.HINTS

    def caption(self, hint):
        return self.question(f"Describe this image. {hint}".strip())

    def question(self, question):
        return f"{USER}: {IMAGE}\n{question}\n\n{ASSISTANT}:"

    def unmarked(self, text):
        """Of words that hold marks, which are text there."""
        return words.unmarked(self.tokenizer).encode(text, add_special_tokens=False).ids

    def inputs(self, image, text):
        front, behind = f"{USER}: {IMAGE}", f"{ASSISTANT}:"
        written = text.removeprefix(front).removesuffix(behind)
        marked = any(mark in written for mark in MARKS)
        inputs = self.processor(images=[image], text=[front if marked else text])
        if marked:
            ids = inputs["input_ids"][0].tolist() + self.unmarked(written)
            ids += self.tokenizer(behind, add_special_tokens=False)["input_ids"]
            inputs["input_ids"] = torch.tensor([ids])
            inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        return inputs, inputs["pixel_values"].numpy()

    def score(self, image, text, inputs, choice):
        answer = self.tokenizer(" " + choice, add_special_tokens=False)["input_ids"] + [self.finish]
        ids = torch.cat([inputs["input_ids"], torch.tensor([answer])], 1)
        logits = self.model(
            input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=inputs["pixel_values"]
        ).logits[0]
        return answered(logits[-len(answer) - 1 : -1], answer)

    def draw(self, prompt, turn):
        """The prompt's ids, a seed, the guidance, the picture's tokens and its pixels."""
        if any(mark in prompt for mark in MARKS):
            ids = self.tokenizer(USER)["input_ids"] + self.unmarked(f": {prompt}\n\n")
            ids += self.tokenizer(f"{ASSISTANT}:{IMAGE_BEGINS}", add_special_tokens=False)["input_ids"]
            inputs = {"input_ids": torch.tensor([ids])}
            inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        else:
            inputs = self.processor(text=[f"{USER}: {prompt}\n\n{ASSISTANT}:"], generation_mode="image")
        guidance = [GUIDANCE, 2.5, 1.5][turn % 3]
        for seed in range(1000 * turn, 1000 * turn + 1000):
            try:
                with mock.patch("torch.multinomial", chance.Numbers(seed).multinomial):
                    tokens = self.model.generate(
                        **inputs, generation_mode="image", do_sample=True, guidance_scale=guidance,
                        max_new_tokens=TOKENS,
                        # Among all tokens, as the authors draw, and not among the fifty likeliest.
                        top_k=0,
                        # Its own static one cannot be made in transformers 5.17.
                        past_key_values=DynamicCache(),
                    )
                break
            except chance.OnTheEdge:
                continue
        drawn = self.model.decode_image_tokens(tokens).permute(0, 3, 1, 2)
        pixels = self.images.postprocess(list(drawn.float().numpy()), return_tensors="PIL.Image.Image")["pixel_values"][0]
        return inputs["input_ids"][0].tolist(), seed, guidance, tokens[0].tolist(), numpy.array(pixels)


class Prepare(torch.nn.Module):
    """Embeddings of tokens, with pictures' features where the mask of the sequence says; also of no picture at all."""

    def __init__(self, model):
        super().__init__()
        self.vision, self.aligner = model.model.vision_model, model.model.aligner
        self.embed = model.get_input_embeddings()

    def forward(self, input_ids, pixel_values, images_seq_mask, images_emb_mask):
        places = self.vision.embeddings
        patches = places.patch_embedding(pixel_values.reshape(-1, 3, SIDE, SIDE))
        hidden = patches.reshape(-1, HIDDEN, TOKENS).transpose(1, 2) + places.position_embedding.weight
        hidden = self.vision.post_layernorm(self.vision.encoder(inputs_embeds=hidden).last_hidden_state)
        features = self.aligner(hidden).reshape(-1, HIDDEN)[images_emb_mask.reshape(-1)]
        embeds = self.embed(input_ids)
        return embeds.masked_scatter(images_seq_mask.unsqueeze(-1).expand_as(embeds), features)


class Codes(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.embed, self.aligner = model.model.generation_embeddings, model.model.generation_aligner

    def forward(self, image_ids):
        return self.aligner(self.embed(image_ids))


class Decode(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.vq = model.model.vqmodel

    def forward(self, generated_tokens):
        return self.vq.decode(generated_tokens)


def write(folder):
    reference = Reference()
    model = reference.model
    export.begin(folder, reference)
    as_the_hub_has_it(folder, reference)
    past, present = export.cache_names(LAYERS)
    with torch.no_grad():
        pixels, ids = torch.rand(1, 2, 3, SIDE, SIDE), torch.full((1, 2 * TOKENS), reference.image)
        theirs = model.model.get_image_features(pixels[0]).pooler_output.reshape(1, -1, HIDDEN)
        seen = torch.ones(1, 2 * TOKENS, dtype=torch.bool)
        assert (Prepare(model)(ids, pixels, seen, seen.reshape(1, 2, TOKENS)) - theirs).abs().max() < 1e-5
    both = {0: "batch_size", 1: "sequence_length"}
    export.onnx(
        Prepare(model), folder / "onnx/prepare_inputs_embeds.onnx",
        {
            "input_ids": torch.ones(1, 2 * TOKENS + 3, dtype=torch.long), "pixel_values": torch.rand(1, 2, 3, SIDE, SIDE),
            "images_seq_mask": (torch.arange(2 * TOKENS + 3) < 2 * TOKENS)[None],
            "images_emb_mask": torch.ones(1, 2, TOKENS, dtype=torch.bool),
        },
        ["inputs_embeds"],
        {"input_ids": both, "images_seq_mask": both, "inputs_embeds": both}
        | {"pixel_values": {0: "batch_size", 1: "num_images"}}
        | {"images_emb_mask": {0: "batch_size", 1: "num_images", 2: "num_image_tokens"}},
    )
    keys = {name: torch.rand(2, HEADS, 3, DIM) for name in past}
    export.onnx(
        Decoder(model.model.language_model, torch.nn.Identity()), folder / "onnx/language_model.onnx",
        {
            "inputs_embeds": torch.rand(2, 5, HIDDEN), "attention_mask": torch.ones(2, 8, dtype=torch.long),
            "position_ids": torch.arange(3, 8).repeat(2, 1),
        } | keys,
        ["last_hidden_state"] + present,
        {"inputs_embeds": both, "position_ids": both, "last_hidden_state": both}
        | {"attention_mask": {0: "batch_size", 1: "total_sequence_length"}}
        | {name: {0: "batch_size", 2: "past_sequence_length"} for name in past}
        | {name: {0: "batch_size", 2: "total_sequence_length"} for name in present},
    )
    for name, head in (("lm_head", model.lm_head), ("gen_head", model.model.generation_head)):
        export.onnx(
            head, folder / f"onnx/{name}.onnx", {"last_hidden_state": torch.rand(2, 5, HIDDEN)}, ["logits"],
            {"last_hidden_state": both, "logits": both},
        )
    export.onnx(
        Codes(model), folder / "onnx/gen_img_embeds.onnx", {"image_ids": torch.ones(2, 3, dtype=torch.long)},
        ["inputs_embeds"], {"image_ids": both, "inputs_embeds": both},
    )
    export.onnx(
        Decode(model), folder / "onnx/image_decode.onnx", {"generated_tokens": torch.ones(2, TOKENS, dtype=torch.long)},
        ["decoded_image"], {"generated_tokens": {0: "batch_size"}, "decoded_image": {0: "batch_size"}},
    )
    graphs = ("prepare_inputs_embeds", "language_model", "lm_head", "gen_head", "gen_img_embeds", "image_decode")
    seen = f"{BEGIN}{DEFAULT_SYSTEM_PROMPT}{USER}: {IMAGE_BEGINS}<image>{IMAGE_ENDS}\n"
    export.bundle(folder, {
        "family": "janus",
        "name": "tiny-random-janus",
        "purpose": "A tiny Janus with random weights: it writes nonsense and draws noise, the same as the reference does.",
        "tasks": ["caption", "vqa", "generate"],
        "graphs": {name: f"onnx/{name}.onnx" for name in graphs},
        "image": {
            "width": SIDE, "height": SIDE, "mean": MEAN, "std": STD, "filter": "bicubic", "tokens": TOKENS,
            "least": LEAST, "background": [int(255 * mean) for mean in MEAN],
        },
        "specialTokens": {"image": reference.image, "pad": reference.pad, "eos": reference.ends},
        "templates": {
            "caption": seen + f"Describe this image. {{hint}}\n\n{ASSISTANT}:",
            "vqa": seen + f"{{question}}\n\n{ASSISTANT}:",
            "answer": " {answer}",
            "generate": f"{BEGIN}{USER}: {{prompt}}\n\n{ASSISTANT}:{IMAGE_BEGINS}",
        },
        "drawing": {"tokens": TOKENS, "kept": [reference.begin, reference.image_begins], "temperature": 1},
        "limits": {"context": CONTEXT, "maxPromptTokens": 256, "maxNewTokens": 64, "maxBatch": 8, "maxCount": 4},
        "defaults": {"maxTokens": 20, "guidance": GUIDANCE},
    })


def as_the_hub_has_it(folder, reference):
    """Configs as the hub's folders for transformers.js have them, in the words of the model's authors."""
    config = json.loads((folder / "config.json").read_text())
    config["model_type"], config["architectures"] = "multi_modality", ["MultiModalityCausalLM"]
    config["language_config"] = config.pop("text_config")
    config.pop("image_token_id")
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "background_color": [int(255 * mean) for mean in MEAN], "do_normalize": True, "image_mean": MEAN,
        "image_processor_type": "VLMImageProcessor", "image_size": SIDE, "image_std": STD, "min_size": LEAST,
        "processor_class": "VLChatProcessor", "rescale_factor": 1 / 255,
    }, indent=2) + "\n")
    (folder / "processor_config.json").write_text(json.dumps({
        "add_special_token": False, "ignore_id": -100, "image_tag": IMAGE, "image_start_tag": IMAGE_BEGINS,
        "image_end_tag": IMAGE_ENDS, "mask_prompt": True, "num_image_tokens": TOKENS,
        "processor_class": "VLChatProcessor", "sft_format": "deepseek",
    }, indent=2) + "\n")
