// The product of the vectors, the first one varying slowest, minus what `exclude` matches, plus
// what `include` adds to it or to the list. Legs are made one by one, so that the limit is noticed
// before anything grows.
#include "workflow/plan/matrix.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

namespace crun::workflow {

namespace {

// GitHub's: jobs that one matrix may make.
constexpr std::size_t most_legs = 256;
// Ours: combinations that are looked at, and what may be spent on comparing them, should `exclude`
// take nearly all of them.
constexpr std::uint64_t most_combinations = 100'000;
constexpr std::uint64_t most_effort = 15'000'000;

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::null:
      return "NullToken";
    case Value::Kind::boolean:
      return "BooleanToken";
    case Value::Kind::number:
      return "NumberToken";
    case Value::Kind::string:
      return "StringToken";
    case Value::Kind::array:
      return "SequenceToken";
    case Value::Kind::object:
      return "MappingToken";
  }
  return "";
}

[[noreturn]] void refuse_type(const Value& value, std::string_view what, std::string_view wanted) {
  throw MatrixError(fmt::format(
      "Unexpected type '{}' encountered while reading '{}'. The type '{}' was expected.",
      type_name(value),
      what,
      wanted));
}

const Array& expect_array(const Value& value, std::string_view what) {
  if (!value.is_array()) refuse_type(value, what, "SequenceToken");
  return value.array();
}

const Object& expect_object(const Value& value, std::string_view what) {
  if (!value.is_object()) refuse_type(value, what, "MappingToken");
  return value.object();
}

// Every leaf of the filter equals, as an expression would compare, what is at the same place of the
// value. What the value has beyond that does not matter; a place it does not have is null.
bool agrees(const Value& filter, const Value& value) {
  if (filter.is_object()) {
    return std::all_of(filter.object().begin(), filter.object().end(), [&](const auto& member) {
      return agrees(member.second, value[member.first]);
    });
  }
  if (filter.is_array()) {
    static const Value nothing;
    for (std::size_t i = 0; i < filter.array().size(); ++i) {
      const bool there = value.is_array() && i < value.array().size();
      if (!agrees(filter.array()[i], there ? value.array()[i] : nothing)) return false;
    }
    return true;
  }
  return loosely_equal(value, filter);
}

// In comparisons of short texts and numbers, roughly.
std::uint64_t effort_of_comparing(const Value& filter) {
  std::uint64_t effort = 4;
  if (filter.is_string()) effort += filter.string().size() / 4;
  if (filter.is_array()) {
    for (const auto& item : filter.array()) effort += effort_of_comparing(item);
  }
  if (filter.is_object()) {
    for (const auto& member : filter.object()) effort += effort_of_comparing(member.second);
  }
  return effort;
}

bool agrees(const Object& filter, const Object& combination) {
  return std::all_of(filter.begin(), filter.end(), [&](const auto& member) {
    static const Value nothing;
    const auto* value = combination.find(member.first);
    return agrees(member.second, value ? *value : nothing);
  });
}

// The scalars of a value from left to right; what prints as nothing is left out.
void add_leaves(const Value& value, std::string& names) {
  if (value.is_object()) {
    for (const auto& member : value.object()) add_leaves(member.second, names);
    return;
  }
  if (value.is_array()) {
    for (const auto& item : value.array()) add_leaves(item, names);
    return;
  }
  const auto text = value.to_string();
  if (text.empty()) return;
  if (!names.empty()) names += ", ";
  names += text;
}

std::string suffix_of(const Object& combination) {
  std::string names;
  for (const auto& member : combination) add_leaves(member.second, names);
  return names.empty() ? names : "(" + names + ")";
}

// A filter of `exclude`: of each vector that it names, which of the values agree with it. Comparing
// is done once a value and not once a combination.
using Exclude = std::vector<std::pair<std::size_t, std::vector<bool>>>;

struct Include {
  Object filter;  // keys that are vectors
  Object extra;   // the others
  bool matched = false;
};

class MatrixExpansion {
 public:
  explicit MatrixExpansion(const Object& matrix) {
    bool has_vector = false;
    const Value* include = nullptr;
    const Value* exclude = nullptr;
    for (const auto& [name, value] : matrix) {
      if (name == "include") {
        include = &value;
      } else if (name == "exclude") {
        exclude = &value;
      } else {
        has_vector = true;
        read_vector(name, value);
      }
    }
    const bool has_include = include && !expect_array(*include, "matrix includes").empty();
    if (!has_vector && !has_include) problem("Matrix must define at least one vector");
    if (include) read_include(include->array());
    if (exclude) read_exclude(expect_array(*exclude, "matrix excludes"));
    if (!problems_.empty()) throw MatrixError(problems_);
  }

  std::vector<MatrixLeg> expand() {
    if (!vectors_.empty()) expand_product();
    for (auto& include : includes_) {
      if (include.matched) continue;
      Object combination = std::move(include.filter);
      for (const auto& [name, value] : include.extra) combination.set(name, value);
      auto suffix = suffix_of(combination);
      add_leg(std::move(combination), std::move(suffix));
    }
    return std::move(legs_);
  }

 private:
  struct Vector {
    std::string name;
    const Array* values;
    std::vector<bool> excluded;  // values that a filter of this vector alone takes out
  };

  void problem(const std::string& text) {
    if (!problems_.empty()) problems_ += '\n';
    problems_ += text;
  }

  bool is_vector(std::string_view name) const { return places_.find(name) != nullptr; }

  void read_vector(const std::string& name, const Value& value) {
    const auto& values = expect_array(value, "matrix vector value");
    if (values.empty()) {
      problem(fmt::format("Matrix vector '{}' does not contain any values", name));
    } else {
      places_.set(name, vectors_.size());
      vectors_.push_back({name, &values, std::vector<bool>(values.size())});
    }
  }

  void read_include(const Array& items) {
    for (const auto& item : items) {
      Include include;
      for (const auto& [name, value] : expect_object(item, "matrix includes item")) {
        (is_vector(name) ? include.filter : include.extra).set(name, value);
      }
      if (include.filter.empty() && include.extra.empty()) {
        problem("Matrix include mapping does not contain any values");
      }
      includes_.push_back(std::move(include));
    }
  }

  void read_exclude(const Array& items) {
    for (const auto& item : items) {
      const auto& filter = expect_object(item, "matrix excludes item");
      if (filter.empty()) problem("Matrix exclude filter must not be empty");
      for (const auto& member : filter) {
        if (is_vector(member.first)) continue;
        problem(fmt::format(
            "Matrix exclude key '{}' does not match any key within the matrix", member.first));
      }
      filters_.push_back(&filter);
    }
  }

  void expand_product() {
    std::uint64_t size = 1;
    for (const auto& vector : vectors_) {
      size *= vector.values->size();
      if (size > most_combinations) too_many();
    }
    compare_excludes();
    std::vector<std::size_t> choice(vectors_.size());
    for (std::uint64_t index = 0; index < size; ++index) {
      auto block = size;
      for (std::size_t i = 0; i < vectors_.size(); ++i) {
        const auto count = vectors_[i].values->size();
        block /= count;
        choice[i] = static_cast<std::size_t>((index / block) % count);
      }
      if (!is_excluded(choice)) add_product_leg(choice);
    }
  }

  void spend(std::uint64_t effort) {
    effort_ += effort;
    if (effort_ > most_effort) too_many();
  }

  void compare_excludes() {
    for (const auto* filter : filters_) {
      Exclude exclude;
      bool possible = true;
      for (const auto& [name, wanted] : *filter) {
        const auto place = static_cast<std::size_t>(places_.find(name)->number());
        const auto& values = *vectors_[place].values;
        const auto effort = effort_of_comparing(wanted);
        std::vector<bool> agreed(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
          spend(effort);
          agreed[i] = agrees(wanted, values[i]);
        }
        if (filter->size() == 1) {
          for (std::size_t i = 0; i < values.size(); ++i) {
            if (agreed[i]) vectors_[place].excluded[i] = true;
          }
        }
        possible = possible && std::find(agreed.begin(), agreed.end(), true) != agreed.end();
        exclude.emplace_back(place, std::move(agreed));
      }
      if (possible && filter->size() > 1) excludes_.push_back(std::move(exclude));
    }
  }

  bool is_excluded(const std::vector<std::size_t>& choice) {
    for (std::size_t i = 0; i < choice.size(); ++i) {
      if (vectors_[i].excluded[choice[i]]) return true;
    }
    for (const auto& exclude : excludes_) {
      spend(1);
      const bool all = std::all_of(exclude.begin(), exclude.end(), [&](const auto& part) {
        return part.second[choice[part.first]];
      });
      if (all) return true;
    }
    return false;
  }

  void add_product_leg(const std::vector<std::size_t>& choice) {
    Object combination;
    for (std::size_t i = 0; i < choice.size(); ++i) {
      combination.set(vectors_[i].name, (*vectors_[i].values)[choice[i]]);
    }
    auto suffix = suffix_of(combination);
    Object extra;
    for (auto& include : includes_) {
      if (!agrees(include.filter, combination)) continue;
      include.matched = true;
      for (const auto& [name, value] : include.extra) extra.set(name, value);
    }
    for (const auto& [name, value] : extra) combination.set(name, value);
    add_leg(std::move(combination), std::move(suffix));
  }

  void add_leg(Object combination, std::string suffix) {
    if (legs_.size() == most_legs) too_many();
    legs_.push_back({std::move(combination), std::move(suffix)});
  }

  [[noreturn]] static void too_many() {
    throw MatrixError(fmt::format("Strategy expansion exceeded {} results", most_legs));
  }

  std::vector<Vector> vectors_;
  std::vector<Include> includes_;
  Object places_;  // of the vectors, by name
  std::vector<const Object*> filters_;
  std::vector<Exclude> excludes_;
  std::uint64_t effort_ = 0;
  std::vector<MatrixLeg> legs_;
  std::string problems_;
};

}  // namespace

std::vector<MatrixLeg> expand_matrix(const Value& matrix) {
  return MatrixExpansion(expect_object(matrix, "matrix")).expand();
}

std::string leg_name(const std::string& job_id, const MatrixLeg& leg) {
  // GitHub counts UTF-16 code units: a character beyond the basic plane is two.
  constexpr std::size_t most = 100;
  const auto name = leg.name_suffix.empty() ? job_id : job_id + " " + leg.name_suffix;
  std::size_t units = 0;
  std::size_t cut = 0;  // where the first 97 end
  for (std::size_t at = 0; at < name.size(); ++at) {
    const auto byte = static_cast<unsigned char>(name[at]);
    if ((byte & 0xC0) == 0x80) continue;
    if (units <= most - 3) cut = at;
    units += byte >= 0xF0 ? 2 : 1;
  }
  return units <= most ? name : name.substr(0, cut) + "...";
}

}  // namespace crun::workflow
