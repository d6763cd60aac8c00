from transformers.cache_utils import DynamicCache, DynamicLayer


def cache(flat):
    """A cache that holds keys and values, layer by layer."""
    made = DynamicCache()
    made.layers = []
    for keys, values in zip(flat[::2], flat[1::2], strict=True):
        layer = DynamicLayer()
        layer.keys, layer.values = keys, values
        layer.dtype, layer.device, layer.is_initialized = keys.dtype, keys.device, True
        made.layers.append(layer)
    return made


def flat(made):
    return [part for layer in made.layers for part in (layer.keys, layer.values)]
