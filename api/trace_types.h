// The kinds of trace events by the names that requests and notifications use.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "api/json_rpc/json_reader.h"
#include "router/trace.h"

namespace sluice::api {

std::string_view ToString(router::TraceKind kind);

// The array `types`, of the kinds in `known`; empty when absent.
router::TraceKinds ReadTraceTypes(ObjectReader& params, router::TraceKinds known);

// What producers and consumers know.
router::TraceKinds ProducerTraceTypes();
router::TraceKinds ConsumerTraceTypes();

// The names of those that are in `kinds`.
nlohmann::json TraceTypesJson(router::TraceKinds kinds);

// The fields of a trace notification, without whom it is of.
nlohmann::json TraceJson(const router::Trace& trace);

}  // namespace sluice::api
