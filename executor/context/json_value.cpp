#include "executor/context/json_value.hpp"

#include <string>

#include <nlohmann/json.hpp>

namespace crun::executor {

using Json = nlohmann::ordered_json;

workflow::Value to_value(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return json.get<bool>();
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return json.get<double>();
    case Json::value_t::string:
      return json.get<std::string>();
    case Json::value_t::array: {
      workflow::Array items;
      for (const auto& item : json) items.push_back(to_value(item));
      return items;
    }
    case Json::value_t::object: {
      workflow::Object members;
      for (const auto& [name, value] : json.items()) members.set(name, to_value(value));
      return members;
    }
    default:
      return {};
  }
}

}  // namespace crun::executor
