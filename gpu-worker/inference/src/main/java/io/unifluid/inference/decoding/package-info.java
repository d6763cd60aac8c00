/**
 * What families of public models share that read a picture and write text token by token: tokens of templates and users'
 * words, decoders whose inputs are found by looking at their graphs, the loop over steps, and scores of closed choices.
 */
package io.unifluid.inference.decoding;
