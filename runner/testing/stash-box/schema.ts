import { buildASTSchema, type GraphQLSchema, Kind, parse, visit } from 'graphql';

/** The part of a stash-box's GraphQL schema (mid 2026) that a client of performers can meet. */
const SDL = /* GraphQL */ `
  scalar Time
  scalar FuzzyDateText

  enum GenderEnum { MALE FEMALE TRANSGENDER_MALE TRANSGENDER_FEMALE INTERSEX NON_BINARY }
  enum GenderFilterEnum { UNKNOWN MALE FEMALE TRANSGENDER_MALE TRANSGENDER_FEMALE INTERSEX NON_BINARY }
  enum EthnicityEnum { CAUCASIAN BLACK ASIAN INDIAN LATIN MIDDLE_EASTERN MIXED OTHER }
  enum EyeColorEnum { BLUE BROWN GREY GREEN HAZEL RED }
  enum HairColorEnum { BLONDE BRUNETTE BLACK RED AUBURN GREY BALD VARIOUS WHITE OTHER }
  enum BreastTypeEnum { NATURAL FAKE NA }
  enum DateAccuracyEnum { YEAR MONTH DAY }
  enum ValidSiteTypeEnum { PERFORMER SCENE STUDIO }
  enum SortDirectionEnum { ASC DESC }
  enum PerformerSortEnum {
    NAME BIRTHDATE DEATHDATE SCENE_COUNT CAREER_START_YEAR DEBUT LAST_SCENE POPULARITY CREATED_AT UPDATED_AT
  }
  enum OperationEnum { CREATE MODIFY DESTROY MERGE }
  enum TargetTypeEnum { SCENE STUDIO PERFORMER TAG }
  enum VoteStatusEnum { ACCEPTED REJECTED PENDING IMMEDIATE_ACCEPTED IMMEDIATE_REJECTED FAILED CANCELED }
  enum EditSortEnum { CREATED_AT UPDATED_AT CLOSED_AT }
  enum RoleEnum { READ VOTE EDIT MODIFY ADMIN }

  type FuzzyDate { date: FuzzyDateText!, accuracy: DateAccuracyEnum! }
  type Measurements { cup_size: String, band_size: Int, waist: Int, hip: Int }
  type BodyModification { location: String!, description: String }
  type Image { id: ID!, url: String!, width: Int!, height: Int! }
  type SiteCategory { id: ID!, name: String! }
  type Site {
    id: ID!
    name: String!
    description: String
    url: String
    regex: String
    valid_types: [ValidSiteTypeEnum!]!
    icon: String!
    category: SiteCategory
    highlighted: Boolean!
    created: Time!
    updated: Time!
  }
  type URL { url: String!, site: Site!, type: String! @deprecated(reason: "Use the site") }

  type Performer {
    id: ID!
    name: String!
    disambiguation: String
    aliases: [String!]!
    gender: GenderEnum
    urls: [URL!]!
    birth_date: String
    death_date: String
    birthdate: FuzzyDate @deprecated(reason: "Use birth_date")
    age: Int
    ethnicity: EthnicityEnum
    country: String
    eye_color: EyeColorEnum
    hair_color: HairColorEnum
    height: Int
    measurements: Measurements! @deprecated(reason: "Use the single fields")
    cup_size: String
    band_size: Int
    waist_size: Int
    hip_size: Int
    breast_type: BreastTypeEnum
    career_start_year: Int
    career_end_year: Int
    tattoos: [BodyModification!]
    piercings: [BodyModification!]
    images: [Image!]!
    deleted: Boolean!
    merged_ids: [ID!]!
    merged_into_id: ID
    scene_count: Int!
    is_favorite: Boolean!
    created: Time!
    updated: Time!
  }
  type QueryPerformersResultType { count: Int!, performers: [Performer!]! }

  input PerformerQueryInput {
    names: String
    name: String
    alias: String
    url: String
    gender: GenderFilterEnum
    country: String
    disambiguation: String
    birth_year: Int
    is_favorite: Boolean
    page: Int! = 1
    per_page: Int! = 25
    direction: SortDirectionEnum! = DESC
    sort: PerformerSortEnum! = CREATED_AT
  }
  input PerformerSearchFilter { gender: GenderFilterEnum }
  input QueryExistingPerformerInput { name: String, disambiguation: String, urls: [String!]! }
  type QueryExistingPerformerResult { performers: [Performer!]! }

  union EditTarget = Performer
  type Edit {
    id: ID!
    target: EditTarget
    target_type: TargetTypeEnum!
    merge_sources: [EditTarget!]!
    operation: OperationEnum!
    status: VoteStatusEnum!
    applied: Boolean!
    created: Time!
    updated: Time
    closed: Time
  }
  type QueryEditsResultType { count: Int!, edits: [Edit!]! }
  input EditQueryInput {
    status: VoteStatusEnum
    operation: OperationEnum
    target_type: TargetTypeEnum
    target_id: ID
    applied: Boolean
    page: Int! = 1
    per_page: Int! = 25
    direction: SortDirectionEnum! = DESC
    sort: EditSortEnum! = CREATED_AT
  }

  type User { id: ID!, name: String!, roles: [RoleEnum!] }
  type Version { hash: String!, build_time: String!, build_type: String!, version: String! }

  type Query {
    findPerformer(id: ID!): Performer
    queryPerformers(input: PerformerQueryInput!): QueryPerformersResultType!
    searchPerformers(
      term: String!, limit: Int, page: Int, per_page: Int, filter: PerformerSearchFilter
    ): QueryPerformersResultType!
    searchPerformer(term: String!, limit: Int): [Performer!]! @deprecated(reason: "Use searchPerformers")
    queryExistingPerformer(input: QueryExistingPerformerInput!): QueryExistingPerformerResult!
    queryEdits(input: EditQueryInput!): QueryEditsResultType!
    me: User
    version: Version!
  }
`;

/**
 * The schema, without the named fields: `['Performer.merged_into_id', 'Site.category']` is how an older
 * instance looks. Asking for a missing field is then a real validation error.
 *
 * @throws Error when a name is not a field of the schema, so that a test cannot take away nothing.
 */
export function stashBoxSchema(lacking: readonly string[] = []): GraphQLSchema {
  const left = new Set(lacking);
  const older = visit(parse(SDL), {
    ObjectTypeDefinition: (type) => ({
      ...type,
      fields: type.fields?.filter((field) => !left.delete(`${type.name.value}.${field.name.value}`)),
    }),
  });
  if (left.size > 0) throw new Error(`The stash-box schema has no field ${[...left].join(', ')}`);
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions: older.definitions });
}
