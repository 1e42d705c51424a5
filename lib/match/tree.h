#pragma once

#include "match/test.h"

#include <string>
#include <vector>

namespace aztriage::match {

/// A condition or a part of one. Inside `some` and `every` the subjects are fields of the item, or the item
/// itself (with an empty name).
struct Tree {
  enum class Op { all, any, negate, leaf };
  Op op = Op::leaf;
  std::vector<Tree> children;
  Resolved subject;  // of a leaf
  TestPtr test;      // of a leaf
  std::string text;  // canonical; equal texts are equal conditions
};

Tree make_leaf(Resolved subject, TestPtr test);
/// One child stands for itself, except under `negate`.
Tree make_group(Tree::Op op, std::vector<Tree> children);

/// `item` is the list's item or the record that is being judged; nullptr outside of lists.
Truth evaluate(const Tree& tree, const Environment& environment, const fact::Value* item);
/// Names in `${...}` of all tests, and the subjects, unless they are fields of an item.
void collect(const Tree& tree, bool subjects, std::vector<Resolved>& names);
/// True when `wide` is yes wherever `narrow` is. May say false when unsure.
bool covers(const Tree& wide, const Tree& narrow);

struct ConditionTree {
  Tree root;
  std::vector<Resolved> facts;
  std::vector<Resolved> needs;
};

}  // namespace aztriage::match
