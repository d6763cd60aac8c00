package io.unifluid.inference.hub;

import java.util.Set;

/**
 * A graph of a folder, whole: its file can be read to its end, and so can the files that hold its weights.
 *
 * @param name without folder, dtype and ending, for example {@code decoder_model_merged}
 * @param file relative to the folder, with {@code /}
 * @param content what the file says of itself
 * @param dataFiles with its weights, relative to the folder; empty where it holds them itself
 */
public record HubGraph(String name, String file, Dtype dtype, OnnxFile content, Set<String> dataFiles) {
    public HubGraph {
        dataFiles = Set.copyOf(dataFiles);
    }
}
