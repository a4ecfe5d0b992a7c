/**
 * What all endpoints share: {@code Exchange} is a request and its response, {@code HttpError} a refusal.
 * {@code HostCheck}, {@code SameOrigin} and {@code EmbedPolicy} decide who may ask for what. {@code FairConnector},
 * {@code FairEndPoint} and {@code ConnectionGuard} share threads and connections among clients.
 */
package dev.flipbook.server.http;
